"""Words are cut and folded by the stated rule, and their offsets are those of the text as given."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsbeam.topics.analysis import fold, tokenize

WORDS = [
    # text, main keys in order
    ("Peace talks resume.", "peace talks resume"),
    ("cease-fire", "cease fire"),
    ("ceasefire.The talks", "ceasefire the talks"),
    ("war—peace…talks", "war peace talks"),
    ("(NATO)", "nato"),
    ("NATO:n", "nato n"),
    ("stop_the_war", "stop the war"),
    ("#StopWar @UN", "stopwar un"),
    ("and/or", "and or"),
    ("9/11", "9 11"),
    ("F-16 COVID-19 G20", "f 16 covid 19 g20"),
    ("3.5bn 10,000 1’000", "3.5bn 10,000 1'000"),
    ("U.S.-led", "u.s led"),
    ("the U.N. Army", "the u.n army"),
    ("Ph.D.", "ph d"),
    ("example.com", "example com"),
    # symbols that belong to words
    ("C++, C# and .NET", "c++ c# and .net"),
    ("war. .Net", "war .net"),
    ("C+", "c"),
    ("Yahoo! AT&T R&D", "yahoo! at&t r&d"),
    ("x&y hurray!", "x y hurray"),
    ("OPEC+ LGBTQ+", "opec+ lgbtq+"),
    # apostrophes
    ("NATO's rebels' men’s", "nato rebels men"),
    ("NATO＇s", "nato"),
    ("aren't O’Brien", "aren't o'brien"),
    ("l'OTAN d’armes", "l otan d armes"),
    ("qu'il jusqu’alors", "qu il jusqu alors"),
    ("dell'ONU", "dell onu"),
    ("п'ять пʼять", "п'ять п'ять"),
    ("rock 'n' roll", "rock n roll"),
    # what is not seen
    ("peace\u00adkeeping", "peacekeeping"),
    ("peace\u200bkeeping", "peacekeeping"),
    ("peace\u2060keeping\ufeff", "peacekeeping"),
    ("blue\u00a0helmets", "blue helmets"),
    ("blue\u202fhelmets", "blue helmets"),
    ("blue\r\n\thelmets", "blue helmets"),
    ("می\u200cخواهم", "میخواهم"),
    # case and accents
    ("ÉLYSÉE Élysée E\u0301lyse\u0301e", "elysee elysee elysee"),
    ("Straße STRASSE", "strasse strasse"),
    ("İstanbul ISTANBUL ıstanbul", "istanbul istanbul istanbul"),
    ("Łódź Ærø Đorđe œuvre", "lodz aero dorde oeuvre"),
    ("ΆΜΥΝΑΣ Άμυνας", "αμυνασ αμυνασ"),
    ("война воина и\u0306", "война воина й"),
    ("Ёлка Україна", "елка україна"),
    ("مُحَمَّد الأمم", "محمد الامم"),
    ('שָׁלוֹם צה"ל צה״ל', "שלום צה״ל צה״ל"),
    ("ＮＡＴＯ ﬁn", "nato fin"),
    ("संघर्ष", "संघर्ष"),
    ("한국군 \u1112\u1161\u11ab", "한국군 한"),
    # scripts without spaces: a token a character
    ("停戦。", "停 戦"),
    ("NATO加盟", "nato 加 盟"),
    ("ｶﾞｻﾞ ガザ", "ガ ザ ガ ザ"),
    ("2024年", "2024 年"),
    ("สันติ", "สั น ติ"),
    # nothing
    ("", ""),
    ("… — !? 🙂", ""),
]


@pytest.mark.parametrize(("text", "keys"), WORDS)
def test_words_are_cut_and_folded_by_the_stated_rule(text: str, keys: str) -> None:
    assert [token.keys[0] for token in tokenize(text)] == [
        unicodedata.normalize("NFC", k) for k in keys.split()
    ]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("U.S.", ("u.s", "us")),
        ("Yahoo!", ("yahoo!", "yahoo")),
        ("OPEC+", ("opec+", "opec")),
        ("C++", ("c++",)),
        ("停戦", ("停", "停戦")),
    ],
)
def test_a_word_can_be_found_under_further_keys(text: str, keys: tuple[str, ...]) -> None:
    assert tokenize(text)[0].keys == keys


def test_pairs_do_not_reach_over_punctuation() -> None:
    assert [token.keys for token in tokenize("停、戦")] == [("停",), ("戦",)]


def test_a_span_holds_the_whole_written_word() -> None:
    text = "Zwölf NATO’s pe\u0301ace\u00adkeepers"
    assert [text[token.start : token.end] for token in tokenize(text)] == text.split()


def test_a_hostile_chunk_is_cut_in_linear_time() -> None:
    assert len(tokenize("qu'" * 300_000 + "on")) == 300_001


# Letters, marks, joiners and invisible signs in quantities that no ordinary text has.
ODD = st.text(
    st.sampled_from("aBé.'’&+!#\u0301\u00ad\u200b\u200d 停ガ\u3099١,3-_\"צ İſßﬁ\u0345ǰ"), max_size=30
)


@given(st.one_of(st.text(max_size=60), ODD))
@example("a" * 100 + ".")
@example("停" * 100)
def test_offsets_are_in_order_and_inside_the_text(text: str) -> None:
    end = 0
    for token in tokenize(text):
        assert end <= token.start < token.end <= len(text)
        assert not text[token.start].isspace()
        assert all(token.keys)
        end = token.end


@given(st.one_of(st.text(max_size=60), ODD))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(st.sampled_from("aeéèñçüãйёї ơ가힣が"), max_size=30))
def test_composed_and_decomposed_text_have_the_same_words(text: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert [t.keys for t in tokenize(composed)] == [t.keys for t in tokenize(decomposed)]


@given(st.text(st.sampled_from("abcé停 "), max_size=20), st.text(st.sampled_from("abcé停 "), max_size=20))
def test_what_stands_apart_is_cut_apart(one: str, other: str) -> None:
    both = [token.keys for token in tokenize(f"{one}\n{other}")]
    assert both == [token.keys for text in (one, other) for token in tokenize(text)]
