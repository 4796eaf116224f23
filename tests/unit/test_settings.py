"""Settings and configuration files: every mistake at once, with its place and advice."""

import pickle
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbeam.errors import ConfigurationError
from newsbeam.settings import Duration, Secret, Size, Trail, check, load, parse_yaml, read_secret, read_yaml


class Level(StrEnum):
    LOW = "low"
    HIGH = "high"


class Target(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    level: Level = Level.LOW
    every_s: float | None = None


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    folder: Path = Path("data")
    workers: Annotated[int, msgspec.Meta(ge=1)] = 2
    every_s: Annotated[float, msgspec.Meta(gt=0)] = 900.0
    body_bytes: int = 10
    age: Duration = Duration("48h")
    room: Size = Size("1GiB")
    hosts: tuple[str, ...] = ()
    names: dict[str, str] = {}
    on: bool = False
    password: Secret | None = None
    targets: tuple[Target, ...] = ()
    low: int = 0
    high: int = 9

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError(f"low ({self.low}) is more than high ({self.high})")


class Wire(msgspec.Struct, frozen=True, kw_only=True):
    url: str = "none"


SECTIONS: dict[str, type[msgspec.Struct]] = {"desk": Desk, "wire": Wire}


def loaded(folder: Path, text: str, **environ: str) -> dict[str, Any]:
    path = folder / "newsbeam.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path, SECTIONS, environ)


def mistakes_of(folder: Path, text: str, **environ: str) -> list[str]:
    with pytest.raises(ConfigurationError) as refused:
        loaded(folder, text, **environ)
    return [mistake.replace(f"{folder}/", "") for mistake in refused.value.mistakes]


def test_defaults_come_from_the_parts_that_declare_them(tmp_path: Path) -> None:
    assert load(None, SECTIONS, {}) == {"desk": Desk(), "wire": Wire()}
    assert (
        loaded(tmp_path, "")
        == loaded(tmp_path, "desk:\n# all of it commented out\n")
        == load(None, SECTIONS, {})
    )


def test_values_are_read_with_their_units(tmp_path: Path) -> None:
    desk = loaded(
        tmp_path,
        """
        desk:
          every: 1h30m
          body: 10 MiB
          age: 7d
          room: 1.5GB
          hosts: [a, b]
          names: {no: Norge, 1: one}
          targets:
            - id: first
              level: high
              every: 90s
        """,
    )["desk"]
    assert (desk.every_s, desk.body_bytes, desk.age, desk.room) == (
        5_400.0,
        10 * 2**20,
        604_800.0,
        1_500_000_000,
    )
    assert (desk.hosts, desk.names) == (("a", "b"), {"no": "Norge", "1": "one"})
    assert desk.targets == (Target(id="first", level=Level.HIGH, every_s=90.0),)
    assert type(desk.every_s) is float


def test_every_mistake_is_reported_at_once_with_its_line_and_the_nearest_key(tmp_path: Path) -> None:
    text = """\
desk:
  workerz: 3
  workers: 0
  every: 900
  hosts: here
  age: soon
  on: yes
  targets:
    - level: loud
    - {id: 7, levels: low}
dsek: {}
"""
    assert mistakes_of(tmp_path, text, NEWSBEAM_WIRE__URI="x") == [
        'newsbeam.yaml:11: dsek: unknown section; did you mean "desk"?',
        'newsbeam.yaml:2: desk.workerz: unknown key; did you mean "workers"?',
        "newsbeam.yaml:3: desk.workers: a whole number of at least 1 is needed, not 0",
        "newsbeam.yaml:4: desk.every: 900 of what? write it with a unit, like 15m",
        "newsbeam.yaml:5: desk.hosts: a list is needed, not 'here'",
        "newsbeam.yaml:6: desk.age: 'soon' is no duration; write it like 90s, 15m, 1h30m or 7d",
        "newsbeam.yaml:7: desk.on: true or false is needed, not 'yes'",
        "newsbeam.yaml:9: desk.targets[0].level: 'loud' is none of low, high",
        'newsbeam.yaml:9: desk.targets[0]: "id" is missing',
        "newsbeam.yaml:10: desk.targets[1].id: a text is needed, not 7; put it in quotes",
        'newsbeam.yaml:10: desk.targets[1].levels: unknown key; did you mean "level"?',
        'NEWSBEAM_WIRE__URI (environment): wire.uri: unknown key; did you mean "url"?',
    ]


def test_a_part_can_refuse_values_that_do_not_fit_together(tmp_path: Path) -> None:
    assert mistakes_of(tmp_path, "desk: {low: 5, high: 1}") == [
        "newsbeam.yaml:1: desk: low (5) is more than high (1)"
    ]


def test_two_spellings_of_one_setting_are_a_mistake(tmp_path: Path) -> None:
    assert mistakes_of(tmp_path, "desk:\n  every_s: 5\n  every: 5s\n") == [
        'newsbeam.yaml:2: desk.every_s: "every_s" and "every" mean the same; give one'
    ]


@pytest.mark.parametrize("text", ["[desk]", "desk", "5"])
def test_a_file_that_has_no_sections_says_which_there_are(tmp_path: Path, text: str) -> None:
    assert mistakes_of(tmp_path, text) == ["newsbeam.yaml:1: sections are needed: desk, wire"]


@pytest.mark.parametrize("text", ["desk: 5", "desk: [a]"])
def test_a_section_that_is_no_mapping_is_a_mistake_even_when_the_environment_adds_to_it(
    tmp_path: Path, text: str
) -> None:
    (mistake,) = mistakes_of(tmp_path, text, NEWSBEAM_DESK__WORKERS="3")
    assert "a mapping is needed" in mistake


def test_the_environment_wins_over_the_file_whatever_the_spelling(tmp_path: Path) -> None:
    desk = loaded(
        tmp_path,
        "desk: {every: 15m, workers: 1, folder: x, hosts: [a]}",
        NEWSBEAM_DESK__EVERY_S="60",
        NEWSBEAM_DESK__WORKERS="4",
        NEWSBEAM_DESK__FOLDER="123",
        NEWSBEAM_DESK__HOSTS="[b, c]",
        NEWSBEAM_DESK__ON="true",
        NEWSBEAM_DESK__AGE="2h",
        NEWSBEAM_DESK__PASSWORD="hunter2",  # noqa: S106
        NEWSBEAM_PORT="tcp://10.0.0.1:80",
        HOME="/root",
    )["desk"]
    assert (desk.every_s, desk.workers, desk.folder, desk.hosts) == (60.0, 4, Path("123"), ("b", "c"))
    assert (desk.on, desk.age, desk.password) == (True, 7_200.0, Secret("hunter2"))


def test_a_mistake_in_the_environment_names_the_variable(tmp_path: Path) -> None:
    assert mistakes_of(tmp_path, "", NEWSBEAM_DESK__WORKERS="two", NEWSBEAM_DSEK__WORKERS="2") == [
        'NEWSBEAM_DSEK__WORKERS (environment): dsek: unknown section; did you mean "desk"?',
        "NEWSBEAM_DESK__WORKERS (environment): desk.workers: a whole number of at least 1 is needed, not 'two'",
    ]


def test_secrets_come_from_files_and_never_show(tmp_path: Path) -> None:
    (tmp_path / "word").write_text("hunter2\n", encoding="utf-8")
    desk = loaded(tmp_path, f"desk: {{password_file: {tmp_path / 'word'}}}")["desk"]
    assert desk.password.reveal() == "hunter2"
    assert "hunter2" not in f"{desk} {desk.password!r} {desk.password}"


def test_a_secret_in_the_settings_file_is_refused_without_repeating_it(tmp_path: Path) -> None:
    (mistake,) = mistakes_of(tmp_path, "desk: {password: hunter2}")
    assert "does not belong in this file" in mistake
    assert "hunter2" not in mistake


def test_a_secret_file_that_cannot_be_read_is_a_mistake(tmp_path: Path) -> None:
    (mistake,) = mistakes_of(tmp_path, "desk: {password_file: /nowhere/word}")
    assert mistake == (
        "newsbeam.yaml:1: desk.password_file: secret file /nowhere/word: No such file or directory"
    )
    (tmp_path / "empty").write_text("\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="empty: empty"):
        read_secret(tmp_path / "empty")


def test_settings_travel_to_worker_processes() -> None:
    desk = Desk(password=Secret("hunter2"))
    assert pickle.loads(pickle.dumps(desk)) == desk  # noqa: S301 - our own bytes


# --- YAML -----------------------------------------------------------------------------------------


def test_yaml_words_stay_words() -> None:
    value, _ = parse_yaml("{a: no, b: NO, c: on, d: 12:30, e: 007, f: 2026-03-01, g: 1_000, h: 1e5}", "f")
    assert value == {
        "a": "no", "b": "NO", "c": "on", "d": "12:30", "e": "007", "f": "2026-03-01",
        "g": "1_000", "h": "1e5",
    }  # fmt: skip
    assert parse_yaml("[true, False, null, ~, -5, 0, 6.5, '5', !!str 5]", "f")[0] == [
        True, False, None, None, -5, 0, 6.5, "5", "5",
    ]  # fmt: skip


def test_every_value_knows_its_line(tmp_path: Path) -> None:
    path = tmp_path / "topics.yaml"
    path.write_text("- id: a\n  queries:\n    en: x\n\n- id: b\n", encoding="utf-8")
    value, lines = read_yaml(path)
    assert value[1] == {"id": "b"}
    trails: list[Trail] = [(), (0, "queries", "en"), (1,), (1, "id"), (1, "gone", "x")]
    assert [lines.line(*trail) for trail in trails] == [1, 3, 5, 5, 5]
    assert lines.at(0, "queries") == f"{path}:2"


@pytest.mark.parametrize(
    ("text", "mistakes"),
    [
        (
            "a: 1\nb: {c: 1, c: 2}\na: 2",
            ['f:2: "c" is here twice, first on line 2', 'f:3: "a" is here twice, first on line 1'],
        ),
        ("a: &x [*x]\n? [1]\n: 2", ["f:1: an alias that holds itself", "f:2: a key must be a plain word"]),
        ("!!python/object:os.system x", ["f:1: the tag python/object:os.system is not known here"]),
        ("!!int x", ["f:1: 'x' is no int"]),
    ],
)  # fmt: skip
def test_what_yaml_allows_and_we_do_not_is_reported_whole(text: str, mistakes: list[str]) -> None:
    with pytest.raises(ConfigurationError) as refused:
        parse_yaml(text, "f")
    assert refused.value.mistakes == mistakes


@pytest.mark.parametrize(
    "text", ["a: [", "a: b: c", "\x00", "'", "- a\nb", "%YAML 9\n--- x", "a: 1\n---\nb: 2"]
)
def test_broken_yaml_is_one_clear_line(text: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        parse_yaml(text, "f")
    (mistake,) = refused.value.mistakes
    assert mistake.startswith("f:")
    assert "no YAML" in mistake
    assert "\n" not in mistake


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a:\n\tb: 1", "f:2: this is no YAML: a tab indents this line; use spaces"),
        ("a:\n  b: 1\n\tc: 2", "f:3: this is no YAML: a tab indents this line"),
        ('en: "Black Sea" AND grain', "f:1: this is no YAML: something follows the closing quote"),
        ("en: 'it's'", "f:1: this is no YAML: something follows the closing quote"),
        ("when: topic: grain", 'f:1: this is no YAML: a value holds ": "; put it into quotes'),
        ("en: @home", "f:1: this is no YAML: a value must not begin with @; put it into quotes"),
        ("en: *shore", "f:1: this is no YAML: a value must not begin with *"),
        ("a: 'b\nc: 1\nd: 2", "the ' on line 1 is never closed"),
        ("a: [1, 2\nb: 3", "f:2: this is no YAML: the [ on line 1 is never closed"),
        ("- id: x\n url: y", "f:2: this is no YAML: this line's indentation fits no line above it"),
        ("a: 1\n b: 2", "f:2: this is no YAML: this line's indentation fits no line above it"),
        ('a: "\\d"', "f:1: this is no YAML: inside double quotes \\ begins an escape"),
        ("a: 1\n---\nb: 2", "f:2: this is no YAML: a second document begins here"),
        ("a: b\n\x00", "f:2: this is no YAML: it holds U+0000"),
    ],
)
def test_what_is_no_yaml_is_told_with_what_to_do(text: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        parse_yaml(text, "f")
    assert said in refused.value.mistakes[0]


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"a: \xe9")
    for name, reason in [
        ("gone", "No such file or directory"),
        ("latin", "no UTF-8"),
        (".", "Is a directory"),
    ]:
        with pytest.raises(ConfigurationError, match=reason):
            read_yaml(tmp_path / name)


@given(st.text(alphabet="ab:-[]{}&*!|>'\"#%@`, \n\t?0~", max_size=40))
def test_any_text_is_yaml_or_a_mistake(text: str) -> None:
    try:
        parse_yaml(text, "f")
    except ConfigurationError as error:
        assert error.mistakes  # noqa: PT017 - either outcome is right


yaml_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([field.name for field in msgspec.structs.fields(Desk)]) | st.just("every"), inner
        )
    ),
    max_leaves=10,
)


@given(yaml_like)
def test_any_data_is_a_section_or_mistakes(value: Any) -> None:
    mistakes: list[str] = []
    _, lines = parse_yaml("", "f")
    desk = check(value, Desk, lines, mistakes)
    assert isinstance(desk, Desk) != bool(mistakes)


# --- units ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("250ms", 0.25),
        ("90s", 90),
        ("15m", 900),
        ("1h30m", 5400),
        ("1h 30m", 5400),
        ("2w", 1_209_600),
    ],
)
def test_a_duration_is_read(text: str, seconds: float) -> None:
    assert Duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "size"),
    [("0", 0), ("5B", 5), ("512kB", 512_000), ("10 MiB", 10_485_760), ("1.5gb", 1_500_000_000)],
)
def test_a_size_is_read(text: str, size: int) -> None:
    assert Size(text) == size


@pytest.mark.parametrize("text", ["", "5", "m", "5 minutes", "-5m", "5m!", "1h30", "5M"])
def test_what_is_no_duration_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="write it like 90s"):
        Duration(text)


@pytest.mark.parametrize("text", ["", "5", "kB", "5 bytes", "-5MB", "1MB 5kB"])
def test_what_is_no_size_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="write it like 512kB"):
        Size(text)
