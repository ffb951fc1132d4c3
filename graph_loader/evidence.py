"""Whether a document's print shows a date or a figure: the words of many languages, the marks of many hands."""

from __future__ import annotations

import re

MONTHS = (
    ("january", "janv", "januar", "enero", "gennaio", "janeiro", "styczn", "led(?:en|na)", "jan", "január", "январ", "януари", "يناير"),
    ("february", "févr", "februar", "febrero", "febbraio", "luteg", "únor", "feb", "február", "феврал", "февруари", "فبراير"),
    ("march", "mars", "märz", "marzo", "março", "marc", "březn", "mar", "március", "март", "مارس"),
    ("april", "avril", "abril", "aprile", "kwiet", "kwietni", "dubna", "apr", "április", "апрел", "април", "أبريل"),
    ("may", "mai", "mayo", "maggio", "maj", "mája", "května", "május", "мая", "май", "مايو"),
    ("june", "juin", "juni", "junio", "giugno", "czerwc", "júna", "červn", "jun", "június", "июн", "юни", "يونيو"),
    ("july", "juillet", "juli", "julio", "luglio", "lipca", "júla", "července", "jul", "július", "июл", "юли", "يوليو"),
    ("august", "août", "agosto", "sierpn", "srpna", "aug", "augusztus", "август", "أغسطس"),
    ("september", "septembre", "septiembre", "settembre", "wrze", "září", "sept", "szeptember", "сент", "септ", "سبتمبر"),
    ("october", "octobre", "oktober", "octubre", "ottobre", "paździer", "října", "oct", "okt", "október", "октяб", "октом", "أكتوبر"),
    ("november", "novembre", "noviembre", "listopad", "nov", "ноябр", "ноемв", "نوفمبر"),
    ("december", "décembre", "dezember", "diciembre", "dicembre", "grudnia", "prosinc", "dec", "dez", "декабр", "декемв", "ديسمبر"),
)
_ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth"}
_NUMBER = re.compile(r"\d{1,3}(?:[  .,]\s?\d{3})+(?!\d)|\d+(?:[.,]\d+)?")


def prints_day(text: str, day: str) -> bool:
    """Whether the text prints the ISO day, in any of the known formats and languages.

    >>> [prints_day(t, "1952-02-18") for t in ("18 February 1952", "18.02.1952", "February 18, 1952", "1952-02-18", "18 March 1952")]
    [True, True, True, True, False]
    """
    year, month, number = (int(part) for part in day.split("-"))
    name = rf"(?:{'|'.join(MONTHS[month - 1])})\w*\.?"
    d = rf"(?<!\d)0?{number}(?!\d)(?:st|nd|rd|th|er|°|º)?\.?"
    m = rf"0?{month}(?!\d)"
    patterns = (
        rf"{d}[\s-]+(?:of |day of |de |di |ta' |-a )?{name},?[\s-]+(?:de )?{year}",  # 18 February 1952, 18. februar 1952
        rf"{name}\s+{d},?\s+{year}",  # February 18, 1952
        rf"{d}\s*[./-]\s*{m}\s*[./-]\s*{year}",  # 18.02.1952, 18/02/1952, 3. 10. 1990
        rf"{year}[-/]0?{month}[-/]{d}",
        rf"{year}\s*年\s*{m}\s*月\s*0?{number}\s*日",
        rf"{year}\. évi {name} hó 0?{number}\.",
        rf"{_ORDINALS.get(number, '(?!)')} day of {name},? {year}",
    )
    return any(re.search(pattern, text, re.IGNORECASE) for pattern in patterns)


def prints_date(text: str, said: str) -> bool:
    """The same for a date of the accepted part of EDTF: a day, a month or a year."""
    if len(said) == 10:
        return prints_day(text, said)
    if len(said) == 7:
        name = "|".join(MONTHS[int(said[5:]) - 1])
        return bool(re.search(rf"(?:{name})\w*[\s,-]+{said[:4]}|{said}(?!-)", text, re.IGNORECASE))
    return bool(re.search(rf"(?<!\d){said}(?!\d)", text))


def numbers(text: str) -> set[float]:
    """Every reading of the numbers printed: 1.031 is a thousand marks' 1031 or a decimal 1.031.

    >>> sorted(numbers("93,3 of 12 900 and 270,000"))
    [93.3, 270.0, 12900.0, 270000.0]
    """
    found = set()
    for match in _NUMBER.finditer(text):
        raw = re.sub(r"\s", "", match.group())
        if re.fullmatch(r"\d{1,3}(?:[.,]?\d{3})+", raw):
            found.add(float(re.sub(r"[.,]", "", raw)))
        if re.fullmatch(r"\d+(?:[.,]\d+)?", raw):
            found.add(float(raw.replace(",", ".")))
    return found


def prints_figure(text: str, name: str, value: float) -> bool:
    """Whether the text prints the figure: a share (0..1) as per cent, all else as it is; of a total also as 'sum of ...' with its parts."""
    printed = numbers(text)
    if name.startswith("share"):
        return any(abs(n / 100 - value) < 1e-9 for n in printed)
    if name == "total" and text.startswith("sum of "):
        addends = re.findall(r"[\d,]+", text.split(";")[0].replace(", ", " "))
        return sum(float(n.replace(",", "")) for n in addends) == value
    return value in printed
