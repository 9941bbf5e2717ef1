"""Writes functions/report/letter-rows.ts: letters of plots that are pictures, from a TrueType font.

    python3 tests/support/python/plot_letters.py /usr/share/fonts/truetype/dejavu/DejaVuSansCondensed.ttf

Needs fonttools (4.68.0 wrote the stored file, of DejaVu 2.37).
"""

import sys
from pathlib import Path

from fontTools.ttLib import TTFont

RANGES = [
    (0x20, 0x7E),  # ASCII
    (0xA1, 0xAC),
    (0xAE, 0x17F),  # Latin-1 and Latin Extended-A
    (0x391, 0x3A9),  # Greek
    (0x3B1, 0x3C9),
    (0x401, 0x401),  # Cyrillic
    (0x410, 0x44F),
    (0x451, 0x451),
    (0x2013, 0x2014),
    (0x2018, 0x201E),
    (0x2020, 0x2022),
]
OTHERS = "…‰′″⁺⁻₀₁₂₃₄₅₆₇₈₉→←↑↓−≈≠≤≥∞♀♂Δ°µ"
MISSING = "\ue000"  # first of those for private use; parts of letters follow it
NOTICE = """/*
 * Written by tests/support/python/plot_letters.py. Outlines of DejaVu Sans Condensed, rounded to thousandths of its size.
 *
 * Copyright (c) 2003 by Bitstream, Inc. All Rights Reserved. Bitstream Vera is a trademark of Bitstream, Inc. DejaVu changes
 * are in public domain.
 *
 * Permission is hereby granted, free of charge, to any person obtaining a copy of the fonts accompanying this license
 * ("Fonts") and associated documentation files (the "Font Software"), to reproduce and distribute the Font Software,
 * including without limitation the rights to use, copy, merge, publish, distribute, and/or sell copies of the Font Software,
 * and to permit persons to whom the Font Software is furnished to do so, subject to the following conditions:
 *
 * The above copyright and trademark notices and this permission notice shall be included in all copies of one or more of the
 * Font Software typefaces.
 *
 * The Font Software may be modified, altered, or added to, and in particular the designs of glyphs or characters in the Fonts
 * may be modified and additional glyphs or characters may be added to the Fonts, only if the fonts are renamed to names not
 * containing either the words "Bitstream" or the word "Vera".
 *
 * This License becomes null and void to the extent applicable to Fonts or Font Software that has been modified and is
 * distributed under the "Bitstream Vera" names.
 *
 * The Font Software may be sold as part of a larger software package but no copy of one or more of the Font Software typefaces
 * may be sold by itself.
 *
 * THE FONT SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO ANY
 * WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT OF COPYRIGHT, PATENT, TRADEMARK, OR OTHER
 * RIGHT. IN NO EVENT SHALL BITSTREAM OR THE GNOME FOUNDATION BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, INCLUDING ANY
 * GENERAL, SPECIAL, INDIRECT, INCIDENTAL, OR CONSEQUENTIAL DAMAGES, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING
 * FROM, OUT OF THE USE OR INABILITY TO USE THE FONT SOFTWARE OR FROM OTHER DEALINGS IN THE FONT SOFTWARE.
 *
 * Except as contained in this notice, the names of Gnome, the Gnome Foundation, and Bitstream Inc., shall not be used in
 * advertising or otherwise to promote the sale, use or other dealings in this Font Software without prior written authorization
 * from the Gnome Foundation or Bitstream Inc., respectively. For further information, contact: fonts at gnome dot org.
 */
"""

font = TTFont(sys.argv[1])
glyphs = font["glyf"]
scale = 1000 / font["head"].unitsPerEm
cmap = font.getBestCmap()
names = {MISSING: ".notdef"}
for first, last in RANGES:
    names |= {chr(code): cmap[code] for code in range(first, last + 1) if code in cmap}
names |= {character: cmap[ord(character)] for character in OTHERS}
letters = {}
for character, name in names.items():
    letters.setdefault(name, character)


def thousandths(value):
    return round(value * scale)


def part(name):
    if name not in letters:
        letters[name] = chr(ord(MISSING) + 1 + sum(ord(letter) > ord(MISSING) for letter in letters.values()))
        names[letters[name]] = name
    return letters[name]


def contours(glyph):
    if glyph.isComposite():
        for component in glyph.components:
            assert not hasattr(component, "transform") or component.transform == [[1, 0], [0, 1]]
            yield f"={part(component.glyphName)}{thousandths(component.x)},{thousandths(component.y)}"
        return
    start = 0
    for end in getattr(glyph, "endPtsOfContours", []):
        x = y = 0
        text = ""
        for i in range(start, end + 1):
            to = [thousandths(value) for value in glyph.coordinates[i]]
            text += f"{to[0] - x},{to[1] - y}{'l' if glyph.flags[i] & 1 else 'c'}"
            x, y = to
        start = end + 1
        yield text


def row(character, name):
    return ";".join([f"{character}{thousandths(font['hmtx'][name][0])}", *plain(name)])


def plain(name):
    """A composite whose parts are turned or mirrored is written out."""
    glyph = glyphs[name]
    try:
        return list(contours(glyph))
    except AssertionError:
        flat = type(glyph)()
        coordinates, ends, flags = glyph.getCoordinates(glyphs)
        flat.numberOfContours, flat.coordinates, flat.endPtsOfContours, flat.flags = len(ends), coordinates, ends, flags
        return list(contours(flat))


rows = []
for character in iter(lambda: next((c for c in names if c not in {r[0] for r in rows}), None), None):
    rows.append(row(character, names[character]))
text = NOTICE + f"\n/** Of a letter that there is none of. */\nexport const missingLetter = '\\u{ord(MISSING):04x}';\n\n/** Rows between tabs; how one is read: letters.ts. */\n"
lines = [""]
for each in sorted(rows, key=lambda each: ord(each[0])):
    body = "".join(f"\\u{ord(c):04x}" if ord(c) >= 0xE000 else c for c in each.replace("\\", "\\\\").replace("'", "\\'"))
    if lines[-1] and len(lines[-1]) + len(body) > 1000:
        lines.append("")
    lines[-1] += ("\\t" if lines[-1] else "") + body
text += "export const letterRows: readonly string[] = [\n"
text += "".join(f"  '{line}',\n" for line in lines)
text += "];\n"
path = Path(__file__).parents[3] / "functions" / "report" / "letter-rows.ts"
path.write_text(text)
print(len(rows), "letters,", len(text), "characters")
