"""The form of one language's word lists; `|` parts the words of a list."""

from typing import NamedTuple


class Words(NamedTuple):
    """What is looked for in the texts of one language.

    - `cues`: verbs of saying, as they stand beside a speaker; `sources`: words that a speaker follows.
    - `men`, `women`, `roles`: titles and roles before or after a name, by what they say of who has it.
    - `he`, `she`: pronouns as subjects. `that`: what opens a clause that was said.
    - `no_place`: expressions that hold a place's name and mean no country (`Jordan River`, `French fries`).
    - `doubtful`: places that are also names of persons, other places or everyday words.
    - `no_names`: words in capitals that begin no name. `inside`: small words inside a person's name.
    - `bodies`: words that make a name one of an organisation; `first_names`: frequent given names.
    - `fronts`: words that may begin an organisation's name though they begin no person's; `bodies_alone`: what an
      organisation is called when it was named before.
    - `prepositions`: after these a person is not who speaks. `no_speech`: what stands before a name in quotes.
    """

    cues: str
    sources: str
    men: str
    women: str
    roles: str
    he: str
    she: str
    that: str
    no_place: str = ""
    doubtful: str = ""
    no_names: str = ""
    inside: str = ""
    bodies: str = ""
    prepositions: str = ""
    no_speech: str = ""
    first_names: str = ""
    fronts: str = ""
    bodies_alone: str = ""
