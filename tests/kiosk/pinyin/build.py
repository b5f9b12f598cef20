"""Make assets/pinyin/dictionary.bin: what can be typed by its sound, from the tables of pypinyin and jieba.

    uv run --with pypinyin==0.55.0 --with jieba==0.42.1 python -m tests.kiosk.pinyin.build

The head of the file says in plain text where it comes from; what follows is compressed by LZMA. Its lines are
sorted and have a sound each: syllables, a tab, words with a letter for how frequent each is, a tab, seldom characters.
Surnames stand apart, with `^` before their sound, and given names, with `~`. Syllables are written as they are typed:
`lv` for lü, `'` between two.
"""

import lzma
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from itertools import islice, product
from math import log2
from pathlib import Path

from jieba import get_dict_file
from pypinyin import lazy_pinyin, load_phrases_dict
from pypinyin.contrib.tone_convert import to_normal
from pypinyin.pinyin_dict import pinyin_dict

from tui.kiosk.pinyin.dictionary import PATH
from tui.kiosk.pinyin.syllables import SYLLABLES

LONGEST = 4
"""Characters of a word; names of places and firms may have two more."""
SELDOM = 60
"""A word that is found less often in jieba's corpus is left out."""
SELDOM_PLACE = 3
GIVEN_NAMES = 3
"""So many people of jieba's dictionary bear a given name that is taken in."""
ENDINGS = (
    "有限公司",
    "有限责任公司",
    "股份有限公司",
    "科技有限公司",
    "贸易有限公司",
    "分公司",
    "个体工商户",
    "供应商",
    "号楼",
    "单元",
    "门牌",
)
"""Of invoice titles and addresses; jieba parts them."""
SURNAME_READINGS = dict(
    pair.split("=") for pair in Path(__file__).with_name("surname_readings.txt").read_text(encoding="utf-8").split()
)
"""Where a character sounds otherwise as a surname, and where pypinyin could take it for another word."""
HEAD = """\
Pinyin dictionary of the CA Renewal Kiosk, made by tests/kiosk/pinyin/build.py from the tables of
pypinyin {pypinyin}, Copyright (c) 2016 mozillazg, 闲耘 <hotoo.cn@gmail.com>, and
jieba {jieba}, Copyright (c) 2013 Sun Junyi, both under the MIT License:

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def main() -> None:
    """Write the file and say how large it is."""
    words = dict(_corpus())
    load_phrases_dict(
        {name: [[s] for s in sound.split("'")] for name, sound in SURNAME_READINGS.items() if len(name) > 1}
    )
    entries: dict[str, Counter[str]] = defaultdict(Counter)
    heard: dict[str, Counter[str]] = defaultdict(Counter)
    for word, count in words.items():
        sound = _sound(word)
        if sound is None:
            continue
        for character, syllable in zip(word, sound.split("'"), strict=True):
            heard[syllable][character] += count
        if len(word) > 1 and _kept(word, count, words):
            entries[sound][word] += count
    for place, count in _places():
        for sound in _readings(place):
            entries[sound][place] += max(1, count // 4) if place not in entries[sound] else 0
    for ending in ENDINGS:
        entries[_sound(ending) or ""][ending] += 3000
    lines = [f"{sound}\t{_weighted(of)}\t" for sound, of in entries.items() if of and sound]
    lines += _characters(heard)
    lines += _surnames()
    lines += _given_names()
    body = "\n".join(sorted(lines, key=str.encode)).encode() + b"\n"
    head = HEAD.format(pypinyin=version("pypinyin"), jieba=version("jieba")).encode()
    PATH.write_bytes(head + b"\n\0" + lzma.compress(body, preset=6))
    print(f"{len(lines)} lines, {len(body)} bytes, {PATH.stat().st_size} in the file")


def _corpus() -> Iterator[tuple[str, int]]:
    """jieba's words of Han characters that GB 2312 has: a word in traditional ones would be there twice."""
    for line in get_dict_file().read().decode().splitlines():
        word, count, *_ = line.split(" ")
        if re.fullmatch(r"[\u4e00-\u9fff]+", word) and _is_simplified(word):
            yield word, int(count)


def _is_simplified(word: str) -> bool:
    try:
        word.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _tagged(*tags: str) -> Iterator[tuple[str, int]]:
    for line in get_dict_file().read().decode().splitlines():
        word, count, *tag = line.split(" ")
        if tag and tag[0] in tags and _is_simplified(word) and re.fullmatch(r"[\u4e00-\u9fff]+", word):
            yield word, int(count)


def _places() -> Iterator[tuple[str, int]]:
    return ((word, count) for word, count in _tagged("ns") if 2 <= len(word) <= LONGEST + 2 and count >= SELDOM_PLACE)


def _kept(word: str, count: int, words: dict[str, int]) -> bool:
    return len(word) <= LONGEST and count >= SELDOM


def _given_names() -> Iterator[str]:
    """What follows the surname in the names of people: whole, and each character."""
    known = set(_known_surnames())
    bearers: Counter[str] = Counter()
    for name, _count in _tagged("nr"):
        if 2 <= len(name) <= 3 and name[0] in known:
            bearers[name[1:]] += 1
            bearers.update(name[1:] if len(name) == 3 else name[1:] * 4)
    sounds: dict[str, Counter[str]] = defaultdict(Counter)
    for name, count in bearers.items():
        if count >= GIVEN_NAMES and (sound := _sound(name)) is not None:
            sounds[sound][name] = count
    return (f"~{sound}\t{_weighted(names)}\t" for sound, names in sounds.items())


def _sound(word: str) -> str | None:
    return _written(lazy_pinyin(word, v_to_u=False))


def _written(syllables: Iterable[str]) -> str | None:
    written = [_syllable(syllable) for syllable in syllables]
    return "'".join(written) if all(syllable in SYLLABLES for syllable in written) else None


def _syllable(syllable: str) -> str:
    plain = str(to_normal(syllable)).replace("ü", "v")
    known = {"n": "en", "ng": "en", "m": "mu", "hm": "heng", "hng": "heng", "ê": "ei"}
    return known.get(plain, plain)


def _readings(word: str) -> Iterator[str]:
    """The sounds of a place: a character may be read otherwise than in other words (朝阳)."""
    per_character = [list(dict.fromkeys(_of_character(c)))[:2] for c in word]
    yield from islice(filter(None, (_written(sound) for sound in product(*per_character))), 4)


def _of_character(character: str) -> list[str]:
    return [_syllable(reading) for reading in pinyin_dict[ord(character)].split(",")]


def _weighted(words: Counter[str]) -> str:
    return "".join(f"{word}{_letter(count)}" for word, count in words.most_common() if count)


def _letter(count: int) -> str:
    """Twice the logarithm, from A on."""
    place = round(2 * log2(max(1, count)))
    return chr(ord("A") + place) if place < 26 else chr(ord("a") + place - 26)


def _characters(heard: dict[str, Counter[str]]) -> Iterator[str]:
    """Every character of pypinyin's Unihan data: the frequent ones weighed, the others behind them."""
    seldom: dict[str, list[str]] = defaultdict(list)
    for code, readings in sorted(pinyin_dict.items()):
        for syllable in dict.fromkeys(map(_syllable, readings.split(","))):
            if syllable in SYLLABLES and not heard[syllable][chr(code)]:
                seldom[syllable].append(chr(code))
    for syllable in sorted(heard.keys() | seldom):
        yield f"{syllable}\t{_weighted(heard[syllable])}\t{''.join(seldom[syllable])}"


def _known_surnames() -> list[str]:
    *rows, compound = Path(__file__).with_name("surnames.txt").read_text(encoding="utf-8").splitlines()
    return list(dict.fromkeys([*"".join(rows), *compound.split()]))


def _surnames() -> Iterator[str]:
    """In the order of surnames.txt: the frequent ones first."""
    sounds: dict[str, Counter[str]] = defaultdict(Counter)
    for place, name in enumerate(_known_surnames()):
        sound = SURNAME_READINGS.get(name) or _sound(name)
        assert sound is not None, name
        sounds[sound][name] = 2_000_000 // (place + 4) ** 2 + 20
    return (f"^{sound}\t{_weighted(names)}\t" for sound, names in sounds.items())


if __name__ == "__main__":
    main()
