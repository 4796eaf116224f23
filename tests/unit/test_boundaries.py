"""Where words begin and end, in every script: a table of queries, texts and what is found, exactly as written."""

import pytest

from newsbeam.topics.document import Document
from newsbeam.topics.matcher import compile_queries
from newsbeam.topics.query import parse
from newsbeam.topics.ways import Way

FOUND = [
    # query, text, what is found in it
    # --- composed and decomposed letters, compatibility forms
    ("élysée", "At the E\u0301lyse\u0301e today", ["E\u0301lyse\u0301e"]),
    ("e\u0301lyse\u0301e", "l’Élysée", ["Élysée"]),
    ("Zürich", "in Zu\u0308rich, in ZURICH", ["Zu\u0308rich", "ZURICH"]),
    ("Đà", "Đa\u0300 Nẵng", ["Đa\u0300"]),
    ("financial", "ﬁnancial centres", ["ﬁnancial"]),
    ("NATO", "ＮＡＴＯ summit", ["ＮＡＴＯ"]),
    ("2024", "２０２４ budget", ["２０２４"]),
    # --- spaces of all kinds
    ('"blue helmets"', "blue\u00a0helmets", ["blue\u00a0helmets"]),
    ('"blue helmets"', "blue  helmets", ["blue  helmets"]),
    ('"blue helmets"', "blue\u2009\u202fhelmets", ["blue\u2009\u202fhelmets"]),
    ('"blue helmets"', "the blue\nhelmets left", ["blue\nhelmets"]),
    ('"blue helmets"', "the blue\r\n\r\n\thelmets", ["blue\r\n\r\n\thelmets"]),
    ('"blue helmets"', "blue\u3000helmets", ["blue\u3000helmets"]),
    ('"blue helmets"', "blue, “helmets”", ["blue, “helmets"]),
    ('"blue helmets"', "bluehelmets", None),
    # --- what is not seen
    ("peacekeeping", "peace\u00adkeep\u00ading ends", ["peace\u00adkeep\u00ading"]),
    ("peacekeeping", "peace\u200bkeeping", ["peace\u200bkeeping"]),
    ("peacekeeping", "peace\u2060keeping\ufeff force", ["peace\u2060keeping\ufeff"]),
    ("ceasefire", "\u202aceasefire\u202c agreed", ["ceasefire\u202c"]),
    ("میخواهم", "من می\u200cخواهم بروم", ["می\u200cخواهم"]),
    ("क्ष", "क्\u200dष", ["क्\u200dष"]),
    # --- possessives, contractions, elisions
    ("NATO", "NATO's plan", ["NATO's"]),
    ("NATO", "NATO’s plan", ["NATO’s"]),
    ("rebels", "the rebels' base", ["rebels"]),
    ('"NATO plan"', "NATO’s plan", ["NATO’s plan"]),
    ("don", "they don't know", None),
    ("don't", "they don’t know", ["don’t"]),
    ("O'Brien", "Ms O’Brien said", ["O’Brien"]),
    ("Brien", "Ms O’Brien said", None),
    ("OTAN", "l'OTAN et d’OTAN", ["OTAN", "OTAN"]),
    ("ONU", "dell’ONU", ["ONU"]),
    ('"qu il"', "qu’il parte", ["qu’il"]),
    # --- signs that belong to words
    ("C++", "in C++, not C", ["C++"]),
    ("C", "in C++", None),
    ("C#", "C# (2000)", ["C#"]),
    (".NET", "runs on .NET.", [".NET"]),
    ("net", "runs on .NET", None),
    ("AT&T", "AT&T's network", ["AT&T"]),
    ("Yahoo!", "Yahoo! News", ["Yahoo!"]),
    ("Yahoo", "Yahoo!’s news", ["Yahoo!"]),
    ("Yahoo!", "yahoo", None),
    ("OPEC", "OPEC+ ministers", ["OPEC+"]),
    ("R&D", "an R&D budget", ["R&D"]),
    # --- compounds
    ("peace-keeping", "peace–keeping / peace keeping", ["peace–keeping", "peace keeping"]),
    ("keeping", "peace-keeping", ["keeping"]),
    ("F-16", "two F-16s and an F 16", ["F 16"]),
    ("and/or", "troops and/or police", ["and/or"]),
    ("Covid-19", "COVID‑19", ["COVID‑19"]),
    ('"stop the war"', "#stop_the_war", ["stop_the_war"]),
    ("UN", "@UN #UN", ["UN", "UN"]),
    # --- full stops, numbers
    ("US", "U.S. troops; U.S.-led; the U.S", ["U.S", "U.S", "U.S"]),
    ("U.S.", "US troops", None),
    ("USA", "U.S.A.", ["U.S.A"]),
    ('"US troops"', "U.S. troops", ["U.S. troops"]),
    ("talks", "the ceasefire.Talks resume", ["Talks"]),
    ("3.5", "3.5 percent, 3,5", ["3.5"]),
    ("10,000", "10,000 troops, 10 000", ["10,000"]),
    ("35", "3.5", None),
    ("example", "www.example.com", ["example"]),
    # --- Turkish, German, Nordic
    ("istanbul", "İstanbul ISTANBUL ıstanbul", ["İstanbul", "ISTANBUL", "ıstanbul"]),
    ("Diyarbakır", "DİYARBAKIR", ["DİYARBAKIR"]),
    ("strasse", "Straße, STRASSE", ["Straße", "STRASSE"]),
    ("Groß", "GROẞ und gross", ["GROẞ", "gross"]),
    ('"große Straße"', "die große  Straße!", ["große  Straße"]),
    ("Tromso", "Tromsø", ["Tromsø"]),
    ("Reykjavik", "Reykjavík", ["Reykjavík"]),
    ("Lodz", "Łódź", ["Łódź"]),
    # --- Greek, Cyrillic
    ("άμυνας", "ΆΜΥΝΑΣ Αμυνας", ["ΆΜΥΝΑΣ", "Αμυνας"]),
    ("война", "Война, ВОЙНА́", ["Война", "ВОЙНА́"]),
    ("война", "воина", None),
    ("перемирие", "перемири\u0301е", ["перемири\u0301е"]),
    ("еще", "ещё", ["ещё"]),
    ("Київ", "КИЇВ, Киів", ["КИЇВ"]),
    ("п'ять", "пʼять і п’ять", ["пʼять", "п’ять"]),
    # --- Arabic, Hebrew
    ("محمد", "قال مُحَمَّد إن", ["مُحَمَّد"]),
    ("الامم", "الأمم المتحدة", ["الأمم"]),
    ("هدنة", "هدنـــة", ["هدنـــة"]),
    ('"مجلس الأمن"', "قرار مجلس\u00a0الأمن الدولي", ["مجلس\u00a0الأمن"]),
    ("שלום", "שָׁלוֹם", ["שָׁלוֹם"]),
    ('צה"ל', "חיילי צה״ל נכנסו", ["צה״ל"]),
    # --- scripts without spaces
    ("停火", "双方同意停火协议。", ["停火"]),
    ("停火", "停，火", None),
    ("安理会", "联合国安理会 NATO安理会", ["安理会", "安理会"]),
    ("NATO", "日本がNATOに参加", ["NATO"]),
    ('"NATO 加盟"', "NATO加盟国", ["NATO加盟"]),
    ('"国連 停戦"', "国連・停戦、国連停戦", ["国連・停戦", "国連停戦"]),
    ("ガザ", "ｶﾞｻﾞとカ\u3099サ\u3099", ["ｶﾞｻﾞ", "カ\u3099サ\u3099"]),
    ("2024", "在2024年", ["2024"]),
    ("สันติภาพ", "การเจรจาสันติภาพวันนี้", ["สันติภาพ"]),
    ("สน", "สันติ", None),
    ("น้ำ", "น้ำท่วม", ["น้ำ"]),
    ("သဘောတူ", "ငြိမ်းချမ်းရေးသဘောတူညီချက်", ["သဘောတူ"]),
    ("휴전", "휴전 협정", ["휴전"]),
    ("휴전", "휴전협정", None),
    ("휴전*", "휴전협정", ["휴전협정"]),
    # --- overlaps
    ('"un security" OR "security council"', "UN Security Council", ["UN Security Council"]),
    ('"ha ha"', "ha ha ha, ha", ["ha ha ha, ha"]),
    ("peace* OR peacekeep* OR keeping", "peacekeeping", ["peacekeeping"]),
    ("停火协议 OR 火协", "停火协议", ["停火协议"]),
    # --- emoji and the like
    ("peace", "☮️peace🕊️peace👩🏽‍🚒", ["peace", "peace"]),
    ("𝐩𝐞𝐚𝐜𝐞", "peace 𝐏𝐞𝐚𝐜𝐞", ["peace", "𝐏𝐞𝐚𝐜𝐞"]),
    ("𠀀", "字𠀀字", ["𠀀"]),
]


@pytest.mark.parametrize("field", ["title", "body"])
@pytest.mark.parametrize(("query", "text", "found"), FOUND)
def test_words_are_found_where_they_are(query: str, text: str, found: list[str] | None, field: str) -> None:
    document = Document(text) if field == "title" else Document("🙂 ß e\u0301", "Straßen 3.55", text)
    spans = compile_queries({"q": parse(query)}).match(document).get("q")
    assert (spans and [span.text for span in spans]) == found
    for span in spans or ():
        assert span.field == field
        assert text[span.start : span.end] == span.text


WAYS = [
    # way, query, text, what is found
    (Way(exact_case=True), "WHO", "WHO, who, Who, W.H.O.", ["WHO", "W.H.O"]),
    (Way(exact_case=True), "Élysée", "Elysée, élysée", ["Elysée"]),
    (Way(exact_case=True), "US", "U.S. and us", ["U.S"]),
    (Way(exact_case=True), "AI*", "AIs and aid", ["AIs"]),
    (Way(exact_case=True), "/[A-Z]{3}/", "the WHO said", ["WHO"]),
    (
        Way(exact_case=True),
        '"Security Council"',
        "Security council, SECURITY Council, Security\nCouncil",
        ["Security\nCouncil"],
    ),
    (Way(exact_case=True), "Straße", "Strasse, STRASSE", ["Strasse"]),
    (
        Way(stem="en"),
        "sanction",
        "Sanctions, sanctioned; sanctioning",
        ["Sanctions", "sanctioned", "sanctioning"],
    ),
    (Way(stem="en"), '"import duty"', "import duties", ["import duties"]),
    (Way(stem="en"), "peace NEAR/1 talk", "peace in talks", ["peace", "talks"]),
    (Way(stem="en"), "running*", "he runs, runningly", ["runningly"]),
    (
        Way(stem="en"),
        '"stabil* force"',
        "stabilisation forces; stabilisation force",
        ["stabilisation forces", "stabilisation force"],
    ),
    (Way(stem="en"), "title:sanction", "Sanctions", ["Sanctions"]),
    (Way(stem="fr"), "condamné", "des personnes condamnées", ["condamnées"]),
    (Way(stem="de"), "Überschwemmung", "die Überschwemmungen", ["Überschwemmungen"]),
    (Way(stem="ru"), "санкция", "новые санкции", ["санкции"]),
    (Way(stem="ar"), "هدنة", "اتفاق بالهدنة", ["بالهدنة"]),
    (Way(stem="en"), "停火", "停火 talks", ["停火"]),
    (Way(stem="en", exact_case=True), "WHO OR sanction", "who sanctions WHO", ["sanctions", "WHO"]),
]


@pytest.mark.parametrize(("way", "query", "text", "found"), WAYS)
def test_words_are_compared_in_the_querys_way(way: Way, query: str, text: str, found: list[str]) -> None:
    queries = {"plain": parse("zz"), "q": parse(query)}
    spans = compile_queries(queries, {"q": way}).match(Document(text))["q"]
    assert [span.text for span in spans] == found
    assert all(text[span.start : span.end] == span.text for span in spans)
