"""Persons and organisations in Chinese: by roles, verbs of saying, surnames, and the dot of foreign names."""

import re
from collections.abc import Iterator, Sequence

from newsbeam.language.lexicon import COUNTRY, CUE, ORGANISATION, ROLE, Hit
from newsbeam.language.names import Reading
from newsbeam.language.uncased import UncasedFinder

_HAN = r"一-鿿"
_DOTTED = re.compile(rf"[{_HAN}]{{1,8}}(?:[·•][{_HAN}]{{1,10}}){{1,3}}")
_SOUNDS = frozenset(
    "阿埃艾爱安昂奥澳巴拜班邦保贝本比毕彬宾波博伯勃布查察达戴丹当道德得登邓狄迪底蒂丁东杜敦顿多朵厄恩尔耳法凡范方菲"
    "费芬丰冯佛弗芙夫福富盖甘冈高戈哥格根贡古瓜圭哈海汉豪赫黑亨洪侯胡华惠霍基吉季加贾简杰金津久居卡凯坎康考柯科可克肯孔"
    "库夸昆拉莱来赖兰朗劳勒雷蕾黎李里理利莉丽立连廉良列林琳灵留柳龙隆娄卢鲁露路伦罗洛吕马玛麦迈曼芒毛梅门蒙孟米密敏明"
    "缪摩莫默姆穆拿那娜纳乃奈南楠内嫩能尼妮年涅宁牛纽农努诺欧帕派潘庞培佩彭皮匹平珀普奇齐契恰钱乔切琴青琼丘曲让热仁日荣茹"
    "儒瑞若撒萨塞赛三桑瑟森沙莎山珊尚绍舍申生圣施什石史士舒朔斯丝思司松宋苏素索塔泰坦汤唐陶特腾提田铁廷汀通图土托陀瓦万"
    "旺威维韦薇伟魏温文翁沃乌伍武西希锡席夏香肖谢辛欣兴雄休修许旭雪逊雅亚延扬杨耶叶伊以义易因英永尤于雨约泽曾扎詹张珍哲"
    "卜佐藤翰弥莲蓉蔓韩纪泽滕逖姬雯欣赫珀琪蒙坦翁雪霍汗轩桐森齐瓦伽迦笛璐柯赞佳宁淑贞"
    "真芝知治朱祖佐兹茨诗颂婷帝丹慕娃瑙婕琪霞嘉玫玲"
)
_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田"
    "任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庄殷施洪温柳葛岳温章鲁倪严牛华俞左"
    "颜邢齐梅辛祝涂谷祁舒耿牟詹苗凌费纪靳童欧甄项曲裴卫屈鲍覃霍翁隋甘柏宁柯阮闵柴冉饶刁瞿戚丘池滕晋邬臧褚廉娄符奚穆燕郎冀姬屠晏栾郁蒙喻窦敖卓仇艾蓝巩仲虞卞竺冼楚佟栗匡宗巫荆谌桑岑胥蔺芦"
)
_STOPS = frozenset(
    "在于对向同与和的了说表称指强笑周星今昨明把将被从也还则就已，。、：；！？“”「」"
    "（）《》 \n这那是为及等当曾接认告补解介回"
)
_NEVER = frozenset("在的了和与是说于，。、：；！？“”「」（）《》 \n")  # no name has these
_COMPOUND_SURNAMES = frozenset(
    "佐藤|铃木|高桥|田中|渡边|伊藤|山本|中村|小林|加藤|吉田|"  # noqa: SIM905
    "山田|欧阳|司马|上官|诸葛|司徒|东方|皇甫|尉迟|慕容|端木".split("|")
)
_CALLINGS = frozenset(
    "员长师者家手工人官商民生授士理席令裁事农婆夫妻友"
)  # the last character of many callings
_AGE = re.compile(rf"(?<![{_HAN}])([{_HAN}]{{2,3}})(?:，|（)(?:今年)?\d{{1,3}}岁")
_ADVERB = re.compile(
    "(?:笑着|当天|随后|周[一二三四五六日]|昨天|今天|日前|则|也|还|并|曾|在现场|无奈地|笑|在(?:接受)?[^，。”]{0,8}(?:上|中|时|后|里)?|"
    "对[^，。”]{1,6})$"
)
_ORGANISATION_ZH = re.compile(
    rf"(?:[{_HAN}]{{2,10}}?)(?:公司|集团|银行|委员会|大学|研究所|研究院|基金会|协会|联合会|组织|管理局|总局|电视台|铁路局|交易所)"
)


class ChineseFinder(UncasedFinder):
    """Finds who stands in one Chinese story."""

    def introduce(self, readings: Sequence[Reading]) -> None:
        """Look for transliterated names everywhere, then for Chinese ones and for forms of organisations."""
        for reading in readings:
            names = (self._transliterated(reading, match) for match in _DOTTED.finditer(reading.text))
            for name in filter(None, names):
                self.cast.person(name)
        for reading in readings:
            self._aged(reading)
            self._native(reading)
            self._organisations(reading)

    def _native(self, reading: Reading) -> None:
        for hit in reading.hits:
            if hit.entry.kind == ROLE:
                self._after_role(reading, hit)
            elif hit.entry.kind == CUE:
                self._before_cue(reading, hit)

    def _transliterated(self, reading: Reading, match: re.Match[str]) -> str:
        """Return the part of a dotted run that is the name: a role before it and a verb after it are not."""
        text = reading.text
        dot = match.start() + next(n for n, c in enumerate(match[0]) if c in "·•")
        start = dot
        while start > match.start() and text[start - 1] in _SOUNDS and dot - start < 6:
            hit = reading.marks.ends.get(start)
            if hit is not None and hit.entry.kind in {ROLE, COUNTRY, ORGANISATION} and not hit.entry.doubtful:
                break
            start -= 1
        last = match.start() + max(n for n, c in enumerate(match[0]) if c in "·•")
        end = last + 1
        while end < match.end() and text[end] not in _STOPS and end - last <= 6:
            hit = reading.marks.starts.get(end)
            if hit is not None and hit.entry.kind in {CUE, ROLE}:
                break
            end += 1
        return text[start:end] if dot > start and end - last > 1 else ""

    def _after_role(self, reading: Reading, hit: Hit) -> None:
        """`总经理陈志远表示`: a surname and one or two more characters, up to what no name goes on with."""
        text, start = reading.text, hit.end
        for length in (4, 3, 2):
            end = start + length
            following = text[end : end + 1]
            closed = following in _STOPS or not following or end in reading.marks.starts
            if (
                end <= len(text)
                and closed
                and (_may_be_native(text[start:end]) or _SOUNDS.issuperset(text[start:end]))
            ):
                self._meet(text[start:end])
                return

    def _before_cue(self, reading: Reading, hit: Hit) -> None:
        """`林晓梅笑着说`: a surname and one or two more characters before a verb of saying, after something else."""
        text, end = reading.text, hit.start
        for _ in range(2):
            adverb = _ADVERB.search(text, max(0, end - 14), end)
            if adverb is None:
                break
            end = adverb.start()
        for start in (end - 4, end - 3, end - 2):
            if start < 0 or not _may_be_native(text[start:end]):
                continue
            before = text[start - 1 : start]
            if not before or before in _STOPS or before in _CALLINGS or start in reading.marks.ends:
                self._meet(text[start:end])
                return

    def _meet(self, name: str) -> None:
        if not any(name[:2] == one.name[:2] or name in one.name for one in self.cast.people.values()):
            self.cast.person(name)

    def _aged(self, reading: Reading) -> None:
        """`王秀兰，58岁`."""
        for match in _AGE.finditer(reading.text):
            if _may_be_native(match[1]):
                self._meet(match[1])

    def _organisations(self, reading: Reading) -> None:
        for match in _ORGANISATION_ZH.finditer(reading.text):
            start = match.start()
            for n in range(match.start(), match.end() - 3):
                if reading.text[n] in _STOPS or reading.text[n] in "据由":
                    start = n + 1
            name = reading.text[start : match.end()]
            if len(name) > 3 and name not in self.cast.organisations:
                self.cast.organisation(name, (reading.field, start, match.end()))

    def parts(self, name: str) -> Iterator[str]:
        """A full name and each part of two characters and more between its dots."""
        yield name
        parts = re.split("[·•]", name)
        if len(parts) > 1:
            yield from (part for part in (*reversed(parts),) if len(part) > 1)


def _may_be_native(name: str) -> bool:
    """Whether two to four characters can be a Chinese name."""
    if any(c in _NEVER or not "一" <= c <= "鿿" for c in name):
        return False
    if name[:2] in _COMPOUND_SURNAMES:
        return len(name) > 2
    return name[0] in _SURNAMES and len(name) < 4
