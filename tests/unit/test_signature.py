"""Which texts are copies of each other, as far as two signatures tell (DESIGN: promise 3)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbeam.identity import digest, normal_text
from newsbeam.likeness import likeness
from newsbeam.signature import signature_of
from newsbeam.story import Signature

COPY = 0.55  # the default of recording.cluster_likeness

WIRE = """The coastguard of Verania called off its search for the ferry Corvina on Thursday, two days after the ship
went down in a gale with 41 people aboard.

Divers had reached the hull at a depth of 63 metres and found all of its lifeboats still in their davits, said Ilse
Brandt, who leads the inquiry. "Nobody had time to lower a single one," she told reporters in the port of Tamsala.

The Corvina, built in 1987, was carrying timber and passengers from Tamsala to the island of Ostra when its cargo
shifted. Seventeen people were picked up by a trawler; twenty-four are missing.

Relatives have asked why the ship was let out of harbour after the weather office had issued a warning of waves of
up to seven metres. The operator, Ostra Marine, said that the master alone decides when to sail.

Parliament will debate on Monday whether older ferries should be taken out of service before the winter."""


def signed(body: str, summary: str = "") -> Signature:
    found = signature_of(summary, body, (normal_text(summary), normal_text(body)))
    assert found is not None
    return found


def are_copies(one: str, other: str) -> bool:
    return likeness(signed(one), signed(other)) >= COPY


PARAGRAPHS = WIRE.split("\n\n")
COPIES = {
    "a dateline, a credit and links": f"TAMSALA (Meridian) — {WIRE}\n\n(Reporting by A. Tarn)\n\nRead more: Ferries",
    "a cut tail": " ".join(WIRE.split()[:60]) + "…",
    "plain signs": WIRE.replace('"', "\u201c").replace("\n\n", " "),
    "another lead": "\n\n".join(
        [
            "Ministers promised help for the families of the Corvina's passengers late on Thursday.",
            *PARAGRAPHS[1:],
        ]
    ),
    "a paragraph put in": "\n\n".join(
        [*PARAGRAPHS[:2], "Our reporter saw flags at half-mast in every street of the town.", *PARAGRAPHS[2:]]
    ),
    "words edited": re.sub("said|told|asked", "explained", WIRE).replace("missing", "still missing"),
}


@pytest.mark.parametrize("copy", COPIES.values(), ids=COPIES.keys())
def test_a_copy_is_known_for_one_and_can_be_looked_up(copy: str) -> None:
    assert are_copies(WIRE, copy)
    assert set(signed(WIRE).anchors) & set(signed(copy).anchors)


def test_a_summary_that_repeats_the_body_changes_nothing_and_one_that_does_not_counts() -> None:
    lead = PARAGRAPHS[0]
    assert signed(WIRE, summary=lead) == signed(WIRE)
    own = (
        "Divers gave up hope for the missing of the Corvina and left the wreck to the sea and to the inquiry, while "
        "in Tamsala the flags were lowered and the shops stayed shut."
    )
    assert likeness(signed("", summary=own), signed(WIRE, summary=own)) >= COPY


QUAKE = """An earthquake of magnitude {0} struck {1} kilometres north of {2} at {3} local time on Tuesday, the
geological survey said. Its centre lay at a depth of {4} kilometres. There were no immediate reports of damage or
casualties. Earthquakes of this strength are often felt by people nearby but seldom do great damage to buildings. The
survey's first figures are preliminary and may change as more of its stations report what they have measured."""
NOTE = """This report was made with the help of readers. Sign up for our morning letter, follow us wherever you are,
and support independent reporting with a gift of any size. All rights reserved: no part of this page may be published,
broadcast or rewritten without the written consent of its publisher."""


def test_other_figures_and_names_in_one_template_are_other_news() -> None:
    one = QUAKE.format("5.1", "23", "Averin", "04:17", "10")
    assert not are_copies(one, QUAKE.format("4.6", "71", "Selva", "16:02", "35"))
    assert are_copies(one, f"Averin, Tuesday. {one}")


def test_what_all_stories_of_an_outlet_share_is_no_copy() -> None:
    assert not are_copies(f"{PARAGRAPHS[0]}\n{NOTE}", f"{PARAGRAPHS[3]}\n{NOTE}")
    assert not are_copies(f"{NOTE}\n{PARAGRAPHS[0]}\n{NOTE}", f"{NOTE}\n{PARAGRAPHS[3]}\n{NOTE}")


def test_a_new_story_with_the_background_of_another_is_no_copy() -> None:
    new = """The master of a trawler was honoured in Tamsala on Sunday for saving seventeen people from the sea.
    Hundreds came to the harbour to see Janne Halden receive the medal, and a choir sang. "Anyone would have turned
    round," he said. He gave the money that goes with the medal to the families, and sailed again that night."""
    assert not are_copies(f"{new}\n\n{PARAGRAPHS[2]}", WIRE)


def test_a_text_of_a_few_words_has_no_signature() -> None:
    assert signature_of("Live: latest updates", "", (normal_text("Live: latest updates"), b"")) is None


def test_hashes_are_the_same_for_ever() -> None:
    """They are stored: a change of them must come with a migration that forgets the old ones."""
    assert digest(repr(signed(WIRE))) == "6383df3f05fd4d219520f1854d7ad6d9"


@given(st.text(max_size=400), st.text(max_size=400))
def test_likeness_is_symmetric_and_whole_for_a_text_and_itself(one: str, other: str) -> None:
    signatures = [signature_of("", text, (b"", normal_text(text))) for text in (one, other, one + other)]
    found = [each for each in signatures if each is not None]
    for a in found:
        assert likeness(a, a) == 1.0
        assert all(0.0 <= likeness(a, b) == likeness(b, a) <= 1.0 for b in found)
