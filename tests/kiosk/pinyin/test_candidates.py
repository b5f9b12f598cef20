"""What is typed by its sound: names, places and firms within the first page or two, every character somewhere."""

from pathlib import Path

import pytest

from tui.kiosk.pinyin import syllables
from tui.kiosk.pinyin.candidates import Place, candidates
from tui.kiosk.pinyin.dictionary import Dictionary, load
from tui.kiosk.pinyin.syllables import SYLLABLES, partings

PAGE = 9
FREQUENT = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里"
    "用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实"
    "日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政"
    "美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员"
    "解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件"
    "计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象"
)  # fmt: skip


def table(name: str) -> dict[str, str]:
    """`key=value` of a file beside this one."""
    return dict(pair.split("=") for pair in Path(__file__).with_name(name).read_text(encoding="utf-8").split())


SURNAMES = table("asked_surnames.txt")
COMPOUND = {"ouyang": "欧阳", "yuchi": "尉迟", "moqi": "万俟", "zhangsun": "长孙", "zhuge": "诸葛", "sima": "司马"}
PLACES = table("asked_places.txt")


@pytest.fixture(scope="module")
def dictionary() -> Dictionary:
    return load()


def texts(dictionary: Dictionary, letters: str, place: Place = Place.TEXT) -> list[str]:
    return [candidate.text for candidate in candidates(dictionary, letters, place)]


def test_a_hundred_surnames_are_on_the_first_page(dictionary: Dictionary) -> None:
    missing = []
    for letters, names in SURNAMES.items():
        page = texts(dictionary, letters, Place.NAME)[:PAGE]
        missing += [name for name in names if name not in page]
    assert len("".join(SURNAMES.values())) >= 100
    assert all(name in texts(dictionary, letters, Place.NAME)[:PAGE] for letters, name in COMPOUND.items())
    assert not missing


def test_the_300_most_frequent_characters_are_on_the_first_two_pages(dictionary: Dictionary) -> None:
    assert len(set(FREQUENT)) >= 300
    pages = {syllable: texts(dictionary, syllable)[: 2 * PAGE] for syllable in SYLLABLES}
    reached = {text for page in pages.values() for text in page}
    assert not set(FREQUENT) - reached


@pytest.mark.parametrize("place", PLACES)
def test_provinces_and_cities_are_on_the_first_page(dictionary: Dictionary, place: str) -> None:
    assert place in texts(dictionary, PLACES[place])[:PAGE]


@pytest.mark.parametrize(
    ("letters", "name"),
    [
        ("zhangsan", "张三"),
        ("lisi", "李四"),
        ("wangwei", "王伟"),
        ("ouyangxiu", "欧阳修"),
        ("lvmin", "吕敏"),
        ("lixian", "李贤"),
    ],
)
def test_a_whole_name_is_typed_at_once(dictionary: Dictionary, letters: str, name: str) -> None:
    assert name in texts(dictionary, letters, Place.NAME)[: 3 * PAGE]


def test_a_firm_is_put_together_of_words(dictionary: Dictionary) -> None:
    assert texts(dictionary, "moumougongyingshangyouxiangongsi")[0] == "某某供应商有限公司"
    assert texts(dictionary, "pinganyinhang")[0] == "平安银行"


def test_an_apostrophe_parts_and_v_is_the_other_u(dictionary: Dictionary) -> None:
    assert partings("xian")[0] == ("xian",)
    assert partings("xi'an")[0] == ("xi", "an")
    assert partings("lue") == [("lve",), ("lu", "e")]
    assert texts(dictionary, "xi'an")[0] == "西安"
    assert "女" in texts(dictionary, "nv")[:3]
    assert "绿" in texts(dictionary, "lv")[:PAGE]
    assert "略" in texts(dictionary, "lue")[:3]


def test_letters_that_cannot_be_parted_are_not_tried_once_a_way_to_them(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0

    class Counted(frozenset[str]):
        def __contains__(self, part: object) -> bool:
            nonlocal asked
            asked += 1
            return super().__contains__(part)

    monkeypatch.setattr(syllables, "SYLLABLES", Counted(SYLLABLES))
    assert partings("nang" * 7 + "v") == []
    assert asked < 7 * 4 * 6


def test_beginnings_are_enough(dictionary: Dictionary) -> None:
    assert "广州市" in texts(dictionary, "gzs")[:3]
    assert "有限公司" in texts(dictionary, "youxiangongs")[:PAGE]
    assert texts(dictionary, "iv") == []


def test_what_a_candidate_takes_of_the_letters_leaves_the_rest(dictionary: Dictionary) -> None:
    letters = "guangzhou'shitianhe"
    taken = {candidate.text: candidate.letters for candidate in candidates(dictionary, letters)}
    assert (taken["广州"], taken["广州市"], taken["广"]) == (10, 13, 5)


@pytest.mark.parametrize(
    ("character", "letters"), [("𬭚", "chun"), ("㛃", "jie"), ("䶮", "yan"), ("𬀩", "wei"), ("昇", "sheng")]
)
def test_seldom_characters_of_names_are_reached(dictionary: Dictionary, character: str, letters: str) -> None:
    """Those of GB 18030 that people bear, newer planes of Unicode included."""
    assert character in texts(dictionary, letters, Place.GIVEN_NAME)


def test_the_file_says_where_it_comes_from() -> None:
    from tui.kiosk.pinyin.dictionary import PATH

    head = PATH.read_bytes().split(b"\0")[0].decode()
    assert all(words in head for words in ("pypinyin", "jieba", "MIT License", "Permission is hereby granted"))
    assert PATH.stat().st_size < 600_000
