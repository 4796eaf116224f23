"""What neither CLDR nor GeoNames says, kept by hand: other names of countries, and adjectives and peoples.


A word before `=` is a lemma that is inflected by rule; after `=` stand forms taken as they are.
"""

# Names in use beside CLDR's: `US`, `Burma`, `the Kremlin` (the seat of a government stands for its country).
NAMES: dict[str, str] = {
    "en": """KR: Korea|Korean|Koreans
        US: U.S.|US|USA|U.S.A.|America|the States|White House|Pentagon|Capitol Hill
        GB: UK|U.K.|Britain|Great Britain|England|Scotland|Wales|Northern Ireland|Downing Street|Whitehall
        RU: Kremlin|Russian Federation
        CD: DR Congo|DRC|Congo-Kinshasa|Democratic Republic of Congo|Democratic Republic of the Congo
        CD: D.R. Congo
        CG: Congo-Brazzaville|Republic of the Congo|Republic of Congo
        MM: Burma
        TR: Turkey|Turkiye
        CI: Ivory Coast|Cote d'Ivoire|Cote d’Ivoire
        CZ: Czech Republic
        PS: Palestine|Gaza|Gaza Strip|West Bank
        HK: Hong Kong
        MO: Macau
        KP: DPRK
        BA: Bosnia|Bosnia-Herzegovina|Bosnia and Herzegovina
        AE: UAE|Emirates
        VA: Vatican|Holy See
        SZ: Swaziland
        MK: Macedonia
        TL: East Timor
        CV: Cape Verde
        NL: Holland
        TT: Trinidad and Tobago
        ST: São Tomé and Príncipe|Sao Tome and Principe
        AG: Antigua and Barbuda
        KN: Saint Kitts and Nevis|St. Kitts and Nevis
        LC: St. Lucia|Saint Lucia
        VC: St. Vincent and the Grenadines|Saint Vincent and the Grenadines""",
    "fr": """US: USA|Amérique|Maison Blanche|Maison-Blanche|Pentagone|Etats-Unis|États-Unis d’Amérique
        GB: Grande-Bretagne|Angleterre|Écosse|Ecosse|Pays de Galles|Irlande du Nord|Downing Street
        RU: Kremlin|Fédération de Russie
        CD: RDC|RD Congo|République démocratique du Congo
        CG: République du Congo
        MM: Birmanie
        CZ: République tchèque
        PS: Palestine|Gaza|bande de Gaza|Cisjordanie
        HK: Hong Kong|Hongkong
        BA: Bosnie
        AE: Emirats arabes unis|Émirats
        VA: Vatican|Saint-Siège
        EG: Egypte
        EE: Estonie
        ET: Ethiopie
        EC: Equateur
        ER: Erythrée
        NL: Hollande
        FR: Élysée|Elysée|Quai d’Orsay|Matignon
        CF: Centrafrique
        BY: Bélarus|Biélorussie
        MD: Moldavie
        CI: Côte d'Ivoire""",
    "es": """US: EE.UU.|EE. UU.|EEUU|Estados Unidos de América|Casa Blanca|Pentágono
        GB: Gran Bretaña|Inglaterra|Escocia|Gales|Irlanda del Norte|Downing Street
        RU: Kremlin|Federación Rusa|Federación de Rusia
        CD: RD Congo|RDC|República Democrática del Congo
        CG: República del Congo|Congo-Brazzaville
        MM: Birmania
        CI: Costa de Marfil
        CZ: República Checa
        PS: Palestina|Gaza|franja de Gaza|Franja de Gaza|Cisjordania
        HK: Hong Kong
        BA: Bosnia
        AE: Emiratos|Emiratos Árabes
        VA: Vaticano|Santa Sede|Ciudad del Vaticano
        NL: Holanda|Países Bajos
        ES: La Moncloa|Moncloa
        BY: Bielorrusia
        SZ: Suazilandia
        MX: Méjico
        KZ: Kazajstán|Kazajistán
        IQ: Irak|Iraq
        SA: Arabia Saudita|Arabia Saudí
        QA: Qatar|Catar
        FR: Elíseo
        ZW: Zimbabue|Zimbabwe
        BW: Botsuana
        KE: Kenia|Kenya
        RW: Ruanda|Rwanda""",
    "de": """US: USA|Amerika|Vereinigten Staaten|Vereinigte Staaten von Amerika|Weiße Haus|Weißen Haus
        US: Weißen Hauses|Weißes Haus|Pentagon
        GB: Großbritannien|England|Schottland|Wales|Nordirland|Vereinigten Königreich
        GB: Vereinigten Königreichs|Downing Street
        RU: Kreml|Kremls|Russische Föderation|Russischen Föderation
        CD: DR Kongo|Demokratische Republik Kongo|Demokratischen Republik Kongo
        CG: Republik Kongo
        MM: Birma|Burma
        CI: Elfenbeinküste
        CZ: Tschechische Republik|Tschechien
        PS: Palästina|Gaza|Gazastreifen|Gazastreifens|Westjordanland|Westjordanlands
        HK: Hongkong
        BA: Bosnien
        AE: Vereinigten Arabischen Emirate|Vereinigten Arabischen Emiraten|Emirate
        VA: Vatikan|Vatikans|Heiliger Stuhl|Heilige Stuhl
        NL: Niederlanden|Holland
        BY: Weißrussland|Belarus
        MD: Moldawien|Republik Moldau
        KR: Republik Korea
        SY: Syriens
        FR: Élysée-Palast
        CF: Zentralafrikanischen Republik
        IQ: Iraks
        IR: Irans
        JO: Jordaniens
        NE: Nigers
        TD: Tschads
        PH: Philippinen
        LB: Libanons
        CH: Schweizer
        VN: Vietnams""",
    "ru": """US: США|Америка|Америки|Америке|Америку|Америкой|Белый дом|Белого дома|Белому дому|Белым домом
        US: Белом доме|Пентагон|Пентагона|Пентагоне
        GB: Англия|Англии|Шотландия|Шотландии|Уэльс|Соединенное Королевство|Соединенного Королевства
        GB: Британия|Британии|Британию|Британией|Великобритания|Великобритании|Великобританию
        GB: Великобританией|Северная Ирландия|Северной Ирландии
        RU: РФ|Кремль|Кремля|Кремлю|Кремле|Кремлем|Российская Федерация|Российской Федерации|Россия|России
        RU: Россию|Россией
        CD: ДР Конго|ДРК|Демократическая Республика Конго|Демократической Республики Конго
        CD: Демократической Республике Конго
        CG: Республика Конго|Республики Конго|Республике Конго
        MM: Бирма|Бирмы
        CI: Кот-д'Ивуар|Кот-д’Ивуар
        CZ: Чешская Республика
        PS: Палестина|Палестины|Палестине|Палестину|Газа|Газы|Газе|Газу|сектор Газа|секторе Газа
        PS: сектора Газа|Западный берег|Западном берегу
        HK: Гонконг|Гонконга|Гонконге|Гонконгу
        BA: Босния|Боснии|Боснию
        AE: ОАЭ
        VA: Ватикан|Ватикана|Ватикане
        NL: Голландия|Голландии
        BY: Белоруссия|Белоруссии|Белоруссию|Белоруссией
        MD: Молдавия|Молдавии|Молдавию
        KP: КНДР|Северная Корея|Северной Кореи|Северной Корее|Северную Корею
        KR: Южная Корея|Южной Кореи|Южной Корее|Южную Корею
        CN: КНР
        DE: ФРГ|Бундестаг|Бундестага
        KG: Киргизия|Киргизии|Киргизию
        SA: Саудовская Аравия|Саудовской Аравии|Саудовскую Аравию
        CF: ЦАР
        ZA: ЮАР
        KZ: Казахстан""",
    "uk": """US: США|Америка|Америки|Америці|Америку|Білий дім|Білого дому|Білому домі|Білий Дім
        US: Білого Дому|Пентагон|Пентагону|Пентагоні
        GB: Британія|Британії|Британію|Британією|Англія|Англії|Шотландія|Шотландії|Сполучене Королівство
        GB: Сполученого Королівства|Велика Британія|Великої Британії|Великій Британії|Велику Британію
        GB: Великою Британією|Північна Ірландія|Північної Ірландії
        RU: РФ|Кремль|Кремля|Кремлі|Кремлем|Російська Федерація|Російської Федерації
        CD: ДР Конго|ДРК|Демократична Республіка Конго|Демократичної Республіки Конго
        CD: Демократичній Республіці Конго
        CG: Республіка Конго|Республіки Конго
        MM: М'янма|М’янма|М'янми|М’янми|Бірма
        CI: Кот-д'Івуар|Кот-д’Івуар
        CZ: Чеська Республіка
        PS: Палестина|Палестини|Палестині|Палестину|Газа|Гази|Газі|Газу|сектор Гази|секторі Гази
        PS: сектор Газа|Західний берег|Західному березі
        HK: Гонконг|Гонконгу|Гонконзі
        BA: Боснія|Боснії|Боснію
        AE: ОАЕ
        VA: Ватикан|Ватикану|Ватикані
        NL: Голландія|Голландії
        KP: КНДР|Північна Корея|Північної Кореї|Північній Кореї
        KR: Південна Корея|Південної Кореї|Південній Кореї
        CN: КНР
        DE: ФРН
        CF: ЦАР
        ZA: ПАР
        TR: Туреччина|Туреччини|Туреччині|Туреччину|Туреччиною
        PL: Польща|Польщі|Польщу|Польщею
        DE: Німеччина|Німеччини|Німеччині|Німеччину|Німеччиною""",
    "ar": """US: الولايات المتحدة الأمريكية|الولايات المتحدة الأميركية|أمريكا|أميركا|البيت الأبيض|البنتاغون
        GB: بريطانيا|إنجلترا|انجلترا|اسكتلندا|ويلز|أيرلندا الشمالية|داونينغ ستريت
        RU: الكرملين|روسيا الاتحادية
        CD: جمهورية الكونغو الديمقراطية|الكونغو الديمقراطية
        CG: جمهورية الكونغو|الكونغو برازافيل
        MM: بورما
        CI: كوت ديفوار|ساحل العاج
        CZ: جمهورية التشيك|التشيك
        PS: فلسطين|غزة|قطاع غزة|الضفة الغربية
        HK: هونغ كونغ
        BA: البوسنة
        AE: الإمارات
        VA: الفاتيكان
        SA: السعودية
        BH: البحرين
        CF: أفريقيا الوسطى|إفريقيا الوسطى
        ZA: جنوب أفريقيا|جنوب إفريقيا
        TD: تشاد
        NE: النيجر
        OM: سلطنة عمان|سلطنة عُمان|عُمان
        FR: الإليزيه
        JP: اليابان
        AR: الأرجنتين
        DE: ألمانيا
        IT: إيطاليا|ايطاليا
        IR: إيران|ايران
        VN: فيتنام
        VE: فنزويلا
        HT: هايتي
        CO: كولومبيا
        ML: جمهورية مالي
        KR: كوريا الجنوبية
        KP: كوريا الشمالية""",
    "zh": """US: 美国|美利坚合众国|白宫|五角大楼|美方|美军|美中|美俄|美欧|美日|美韩
        GB: 英国|英格兰|苏格兰|威尔士|北爱尔兰|唐宁街|英方
        RU: 俄方|俄军|俄乌|俄美|克里姆林宫|俄罗斯联邦|俄国
        UA: 乌方|乌军|俄乌
        CN: 中方|中美|中俄|中欧|中日|中韩|中国|外交部发言人|国务院
        CD: 刚果民主共和国|刚果（金）|刚果(金)|刚果金|民主刚果
        CG: 刚果共和国|刚果（布）|刚果(布)|刚果布
        MM: 缅甸
        CI: 科特迪瓦|象牙海岸
        PS: 巴勒斯坦|加沙|加沙地带|约旦河西岸|巴方
        HK: 香港
        MO: 澳门
        BA: 波黑|波斯尼亚
        AE: 阿联酋
        VA: 梵蒂冈
        KR: 韩国|韩方|大韩民国
        KP: 朝鲜|朝方|北韩
        JP: 日方|日本
        DE: 德方|德国
        FR: 法方|法国|爱丽舍宫
        IR: 伊朗|伊方
        IL: 以色列|以方|以军
        IN: 印方|印度
        TR: 土耳其|土方
        SA: 沙特|沙特阿拉伯|沙特方面
        AF: 阿富汗
        TW: 台湾
        AU: 澳大利亚|澳洲
        MY: 马来西亚|大马
        VN: 越南
        CZ: 捷克
        NZ: 新西兰
        LK: 斯里兰卡
        BY: 白俄罗斯
        XK: 科索沃
        DO: 多米尼加共和国|多米尼加
        CF: 中非共和国
        TD: 乍得""",
}

ADJECTIVES: dict[str, str] = {
    "en": """US: American
        GB: =British|Briton|Britons|English|Scottish|Scots|Welsh|Englishman
        NL: =Dutch
        DK: =Danish|Dane|Danes
        FR: =French|Frenchman|Frenchwoman
        IE: =Irish|Irishman
        SA: Saudi|Saudi Arabian
        AE: Emirati
        BA: Bosnian
        BF: =Burkinabe|Burkinabè
        BJ: =Beninese
        CD: =Congolese
        CF: Central African
        CI: Ivorian
        CM: Cameroonian
        TD: Chadian
        DM: =
        DO: Dominican
        GA: =Gabonese
        HK: Hong Konger
        LK: Sri Lankan
        ME: Montenegrin
        MG: =Malagasy
        MK: Macedonian
        NE: Nigerien
        NZ: New Zealander
        PG: Papua New Guinean
        PR: Puerto Rican
        PS: Palestinian|Gazan
        SG: Singaporean
        SN: =Senegalese
        TG: =Togolese
        TT: Trinidadian
        TW: =Taiwanese
        XK: Kosovar|Kosovan
        SL: Sierra Leonean
        SE: Swede
        PL: Pole
        TR: =Turk|Turks|Turkish
        ES: Spaniard
        FI: Finn
        PH: Filipino|Philippine
        GR: Greek
        IS: Icelander
        AR: Argentine
        AF: Afghan
        UZ: Uzbek
        KZ: Kazakh
        TJ: Tajik
        KG: Kyrgyz
        HU: Hungarian
        RS: Serb
        HR: Croat
        CZ: Czech
        SK: Slovak
        IQ: Iraqi
        KW: Kuwaiti
        QA: Qatari
        BH: Bahraini
        YE: Yemeni
        OM: Omani
        SO: Somali
        IL: Israeli
        BD: Bangladeshi
        PK: Pakistani
        TH: Thai
        SD: =Sudanese
        SS: =South Sudanese
        VA: =""",
    "fr": """US: américain|étatsunien
        GB: britannique|anglais|écossais|gallois
        NL: néerlandais|hollandais
        CH: suisse
        SA: saoudien
        AE: émirati|émirien
        ZA: sud-africain
        KR: sud-coréen
        KP: nord-coréen
        CF: centrafricain
        CG: congolais
        CD: congolais
        CI: ivoirien
        BF: burkinabè|burkinabé
        BJ: béninois
        CM: camerounais
        TD: tchadien
        GA: gabonais
        GQ: équato-guinéen
        MG: malgache
        ME: monténégrin
        MK: macédonien
        NE: nigérien
        NZ: néo-zélandais
        PS: palestinien|gazaoui
        SN: sénégalais
        SL: sierra-léonais
        SS: sud-soudanais
        SV: salvadorien
        TG: togolais
        TW: taïwanais
        VN: vietnamien
        XK: kosovar
        CR: costaricien
        DO: dominicain
        LK: sri-lankais
        TR: turc|turque
        GR: grec|grecque
        RU: russe
        JP: japonais
        DE: allemand""",
    "es": """US: estadounidense|norteamericano|americano
        GB: británico|inglés|escocés|galés
        NL: neerlandés|holandés
        DK: danés
        GR: griego
        IN: =indio|india|indios|indias
        SA: saudí|saudita
        AE: emiratí
        ZA: sudafricano
        KR: surcoreano
        KP: norcoreano
        CF: centroafricano
        CG: congoleño
        CD: congoleño
        CI: marfileño
        BF: burkinés
        CM: camerunés
        TD: chadiano
        CR: costarricense
        SV: salvadoreño
        DO: dominicano
        BA: bosnio
        ML: maliense
        NE: nigerino
        NG: nigeriano
        NZ: neozelandés
        PS: palestino|gazatí
        SN: senegalés
        SS: sursudanés
        SY: sirio
        TW: taiwanés
        VN: vietnamita
        XK: kosovar
        PR: puertorriqueño
        RU: ruso
        TR: turco
        DE: alemán
        FR: francés
        GT: guatemalteco
        HN: hondureño
        NI: nicaragüense
        BE: belga
        IL: israelí
        IR: iraní
        CL: chileno
        PE: peruano
        EC: ecuatoriano
        SE: sueco
        PL: polaco
        CH: suizo""",
    "de": """US: amerikanisch|us-amerikanisch=US-amerikanisch|US-amerikanische|US-amerikanischen
        US: =US-amerikanischer|US-Amerikaner
        GB: britisch|englisch|schottisch|walisisch=Brite|Briten|Britin|Engländer|Engländern|Schotten
        NL: niederländisch=Niederländer|Niederländern|Holländer
        IE: irisch=Iren|Ire
        SA: saudisch|saudi-arabisch
        AE: emiratisch
        CF: zentralafrikanisch
        CD: kongolesisch=Kongolesen
        CG: kongolesisch
        CI: ivorisch
        BA: bosnisch=Bosnier
        BF: burkinisch
        BJ: beninisch
        CM: kamerunisch
        TD: tschadisch
        GA: gabunisch
        ME: montenegrinisch
        MD: moldauisch
        MK: nordmazedonisch
        NE: nigrisch
        PS: palästinensisch=Palästinenser|Palästinensern
        SN: senegalesisch
        SS: südsudanesisch
        TW: taiwanisch
        VN: vietnamesisch=Vietnamesen
        XK: kosovarisch
        ZM: sambisch
        HR: kroatisch=Kroaten|Kroate
        RU: russisch=Russe|Russen|Russin
        FR: französisch=Franzose|Franzosen|Französin
        DE: deutsch=deutsch|deutsche|deutschen|deutscher|deutsches|deutschem|Deutsche|Deutschen|Deutscher
        PL: polnisch=Pole|Polen
        TR: türkisch=Türken|Türke
        IL: israelisch=Israeli|Israelis
        IR: iranisch=Iraner|Iranern
        IQ: irakisch=Iraker|Irakern
        SY: syrisch=Syrer|Syrern
        CN: chinesisch=Chinesen|Chinese
        JP: japanisch=Japaner
        GR: griechisch=Griechen|Grieche
        ES: spanisch=Spanier|Spaniern
        SE: schwedisch=Schweden|Schwede
        DK: dänisch=Dänen|Däne
        FI: finnisch=Finnen
        RO: rumänisch=Rumänen
        BG: bulgarisch=Bulgaren
        RS: serbisch=Serben
        UA: ukrainisch=Ukrainer|Ukrainern|Ukrainerin
        AT: österreichisch=Österreicher
        CH: schweizerisch=Schweizer|Schweizern
        EG: ägyptisch=Ägypter
        AF: afghanisch=Afghanen|Afghane
        PK: pakistanisch=Pakistaner
        IN: indisch=Inder|Indern
        KE: kenianisch
        SD: sudanesisch
        LB: libanesisch
        PH: philippinisch
        SO: somalisch""",
    "ru": """US: американский
        GB: британский|английский|шотландский=британцы|британцев|Британцы
        NL: голландский
        DE: немецкий|германский=немцы|немцев|немцам
        DK: датский
        RU: российский=россияне|россиян|россиянам|Россияне|русский|русские|русских
        SA: саудовский
        AE: эмиратский
        ZA: южноафриканский
        KR: южнокорейский
        KP: северокорейский
        CD: конголезский
        CI: ивуарийский
        CM: камерунский
        TD: чадский
        ME: черногорский
        NZ: новозеландский
        PS: палестинский
        SN: сенегальский
        SS: южносуданский
        TW: тайваньский
        XK: косовский
        FR: французский=французы|французов|французам
        PL: польский=поляки|поляков|полякам
        TR: турецкий=турки|турок
        IL: израильский=израильтяне|израильтян|израильтянам
        IR: иранский
        CN: китайский=китайцы|китайцев
        GR: греческий=греки|греков
        BY: белорусский=белорусы|белорусов
        GE: грузинский=грузины|грузин
        AM: армянский=армяне|армян
        UA: украинский
        MD: молдавский
        KG: киргизский
        FJ: фиджийский
        SY: сирийский
        TL: восточнотиморский
        VN: вьетнамский
        GA: габонский
        MG: малагасийский
        BF: буркинийский
        CF: центральноафриканский
        NE: нигерский
        BJ: бенинский
        TG: тоголезский
        CG: конголезский
        BA: боснийский
        MK: македонский
        SG: сингапурский""",
    "uk": """US: американський
        GB: британський|англійський|шотландський=британці|британців
        NL: голландський
        DE: німецький=німці|німців
        DK: данський
        RU: російський=росіяни|росіян|росіянам|Росіяни
        SA: саудівський
        AE: еміратський
        ZA: південноафриканський
        KR: південнокорейський
        KP: північнокорейський
        CD: конголезький
        CM: камерунський
        TD: чадський
        ME: чорногорський
        NZ: новозеландський
        PS: палестинський
        SN: сенегальський
        SS: південносуданський
        TW: тайванський
        XK: косовський
        FR: французький=французи|французів
        PL: польський=поляки|поляків
        TR: турецький=турки|турків
        IL: ізраїльський=ізраїльтяни|ізраїльтян
        GR: грецький=греки|греків
        BY: білоруський=білоруси|білорусів
        GE: грузинський=грузини|грузинів
        AM: вірменський=вірмени|вірмен
        CZ: чеський
        CN: китайський
        VN: вʼєтнамський|в'єтнамський|в’єтнамський
        SD: суданський
        CH: швейцарський
        BA: боснійський
        NE: нігерський
        GA: габонський
        BF: буркінійський
        CF: центральноафриканський
        CI: івуарійський
        MG: малагасійський
        SG: сингапурський
        BJ: бенінський""",
    "ar": """US: أمريكي|أميركي
        GB: بريطاني|إنجليزي|اسكتلندي
        RU: روسي=الروس
        SA: سعودي
        AE: إماراتي|اماراتي
        ZA: جنوب أفريقي
        KR: كوري جنوبي=الكورية الجنوبية|الكوري الجنوبي
        KP: كوري شمالي=الكورية الشمالية|الكوري الشمالي
        CD: كونغولي
        CI: إيفواري
        CM: كاميروني
        TD: تشادي
        PS: فلسطيني
        SN: سنغالي
        SS: جنوب سوداني
        CL: تشيلي=تشيلية
        VE: فنزويلي
        XK: كوسوفي
        TW: تايواني
        BR: برازيلي
        FR: فرنسي
        DE: ألماني=الألمان
        TR: تركي=الأتراك
        IR: إيراني|ايراني
        IL: إسرائيلي|اسرائيلي
        CN: صيني
        JP: ياباني
        GR: يوناني
        PL: بولندي
        UA: أوكراني
        NL: هولندي
        DK: دنماركي
        EC: إكوادوري
        BA: بوسني
        ET: إثيوبي|اثيوبي
        SO: صومالي
        KE: كيني
        NG: نيجيري
        GN: غيني
        GA: غابوني
        ZW: زيمبابوي
        AU: أسترالي
        CA: كندي
        MX: مكسيكي
        IT: إيطالي|ايطالي
        ES: إسباني|اسباني
        IN: هندي
        PK: باكستاني
        AF: أفغاني=الأفغان
        ID: إندونيسي""",
}

# Cities that the sources name in another way than the news of these languages does.
CITIES: dict[str, str] = {
    "en": """UA: Kiev|Kharkiv|Lviv|Odesa|Odessa|Mariupol|Kherson|Zaporizhzhia|Donetsk|Luhansk|Crimea
        IL: Tel Aviv|Haifa
        US: Washington|New York|Los Angeles|Chicago|San Francisco|Boston|Atlanta|Seattle|Miami|Denver
        DE: Munich|Cologne|Frankfurt
        CH: Geneva|Zurich|Davos|Bern
        BE: Antwerp
        IQ: Mosul|Kirkuk|Erbil
        IN: New Delhi|Delhi|Bangalore
        NL: The Hague|Hague|Rotterdam
        CA: Ottawa|Vancouver
        TR: Ankara|Istanbul
        SA: Riyadh|Jeddah
        PS: Ramallah|Rafah|Khan Younis|Jenin|Gaza City
        LB: Tripoli=
        GB: Edinburgh|Glasgow|Belfast|Cardiff|Manchester
        FR: Lyon|Marseille|Strasbourg
        SY: Idlib|Homs
        SD: Khartoum|Omdurman|Darfur
        IT: Milan|Naples|Turin|Venice
        PL: Krakow|Gdansk
        AF: Kandahar
        PK: Peshawar
        ES: Barcelona
        RU: St Petersburg|St. Petersburg|Saint Petersburg
        CN: Hong Kong=|Xinjiang|Tibet""",
    "fr": """UA: Kiev|Kyiv|Kharkiv|Lviv|Odessa|Marioupol|Kherson|Zaporijjia|Donetsk|Crimée
        RU: Moscou|Saint-Pétersbourg
        CN: Pékin|Shanghai|Canton
        US: Washington|New York|Los Angeles|Chicago
        DE: Munich|Cologne|Francfort|Hambourg
        CH: Genève|Zurich|Berne|Lausanne|Davos
        BE: Bruxelles|Anvers
        NL: La Haye|Rotterdam
        IT: Rome|Milan|Naples|Turin|Venise
        ES: Barcelone|Séville|Madrid
        IN: New Delhi|Bombay
        IL: Tel-Aviv|Tel Aviv|Jérusalem
        SA: Riyad|Djeddah
        EG: Le Caire|Caire
        TR: Ankara|Istanbul
        CA: Ottawa|Montréal
        FR: Lyon|Marseille|Strasbourg|Bordeaux|Toulouse|Lille
        PS: Ramallah|Rafah
        PL: Varsovie|Cracovie
        GB: Londres|Édimbourg|Belfast
        TD: N'Djamena|N’Djamena|Ndjamena
        SY: Damas|Alep
        IR: Téhéran
        IQ: Bagdad|Mossoul
        AF: Kaboul
        KR: Séoul
        ZA: Le Cap
        VN: Hanoï
        AT: Vienne
        CZ: Prague
        DK: Copenhague
        LB: Beyrouth
        DZ: Alger
        JO: Amman
        SD: Khartoum""",
    "es": """UA: Kiev|Kyiv|Járkov|Odesa|Mariúpol|Crimea
        RU: Moscú|San Petersburgo
        CN: Pekín|Shanghái
        US: Washington|Nueva York|Los Ángeles|Chicago
        DE: Múnich|Fráncfort|Hamburgo|Berlín
        CH: Ginebra|Zúrich|Berna|Davos
        BE: Bruselas
        NL: La Haya
        IT: Roma|Milán|Nápoles|Turín
        IN: Nueva Delhi
        IL: Tel Aviv|Jerusalén
        SA: Riad
        EG: El Cairo|Cairo
        ES: Barcelona|Sevilla|Valencia|Bilbao|Zaragoza
        GB: Londres|Edimburgo
        PL: Varsovia
        MX: Ciudad de México
        AR: Buenos Aires
        CO: Bogotá
        IR: Teherán
        SY: Damasco|Alepo
        TR: Ankara|Estambul
        CA: Ottawa
        KR: Seúl
        JP: Tokio
        AT: Viena
        PT: Lisboa
        GR: Atenas
        LB: Beirut
        DZ: Argel
        FR: París|Marsella|Estrasburgo""",
    "de": """UA: Kiew|Kyjiw|Charkiw|Lwiw|Odessa|Mariupol|Cherson|Krim
        RU: Moskau|Sankt Petersburg
        CN: Peking|Shanghai|Schanghai
        US: Washington|New York|Los Angeles
        DE: München|Köln|Frankfurt|Hamburg|Stuttgart|Düsseldorf|Leipzig|Dresden|Hannover|Bremen
        CH: Genf|Zürich|Bern|Basel|Davos
        BE: Brüssel|Antwerpen
        NL: Den Haag
        IT: Rom|Mailand|Neapel|Turin|Venedig
        IN: Neu-Delhi|Delhi
        IL: Tel Aviv
        SA: Riad
        TR: Ankara|Istanbul
        PL: Warschau|Krakau|Danzig
        GB: London|Edinburgh
        AT: Wien|Graz|Salzburg|Linz|Innsbruck
        FR: Straßburg|Paris|Marseille
        IR: Teheran
        AF: Kabul
        EG: Kairo
        SY: Damaskus
        DZ: Algier
        JP: Tokio
        CZ: Prag
        GR: Athen
        PT: Lissabon
        DK: Kopenhagen
        LB: Beirut
        CU: Havanna""",
    "ru": """UA: Киев|Харьков|Львов|Одесса|Мариуполь|Херсон|Донецк|Луганск|Крым=Крыма|Крыму|Крымом
        US: Вашингтон|Нью-Йорк|Лос-Анджелес|Чикаго
        CN: Пекин|Шанхай
        CH: Женева|Цюрих|Берн|Давос
        IN: Нью-Дели|Дели
        IL: Тель-Авив
        TR: Анкара|Стамбул
        SA: Эр-Рияд
        NL: Гаага
        CA: Оттава
        AU: Канберра
        DE: Мюнхен|Гамбург|Франкфурт
        PK: Исламабад
        BR: Бразилиа
        BE: Брюссель
        FR: Страсбург""",
    "uk": """UA: Київ=Києва|Києву|Києві|Києвом|Харків|Харкова|Харкові|Львів|Львова|Львові|Одеса|Одеси|Одесі
        UA: =Маріуполь|Маріуполя|Херсон|Херсона|Херсоні|Донецьк|Донецька|Крим|Криму|Дніпро|Запоріжжя
        US: Вашингтон|Нью-Йорк|Лос-Анджелес|Чикаго
        CN: Пекін|Шанхай
        CH: Женева|Цюрих|Берн|Давос
        IN: Нью-Делі|Делі
        IL: Тель-Авів
        TR: Анкара|Стамбул
        SA: Ер-Ріяд
        NL: Гаага=Гаазі|Гааги
        CA: Оттава
        DE: Мюнхен|Гамбург|Франкфурт
        PL: Варшава|Краків
        BE: Брюссель|Брюсселя
        FR: Страсбург
        RU: Москва|Москви|Москві|Москву|Москвою""",
    "ar": """US: واشنطن|نيويورك
        CN: بكين|شنغهاي
        CH: جنيف|زيورخ
        IN: نيودلهي|دلهي
        IL: تل أبيب
        PS: رام الله|رفح|القدس الشرقية
        TR: أنقرة|إسطنبول|اسطنبول
        SA: الرياض|جدة
        NL: لاهاي
        JO: عمّان|العاصمة الأردنية
        UA: كييف|خاركيف|أوديسا
        RU: موسكو
        BE: بروكسل
        DE: ميونيخ|برلين
        AU: كانبيرا
        PK: إسلام آباد
        DZ: الجزائر العاصمة
        CA: أوتاوا
        SD: الخرطوم|دارفور
        IQ: الموصل|أربيل|بغداد|البصرة
        SY: حلب|إدلب|دمشق
        EG: القاهرة|الإسكندرية
        IR: طهران
        LB: بيروت
        YE: صنعاء|عدن|الحديدة""",
    "zh": """US: 华盛顿|纽约|洛杉矶|芝加哥
        CN: 北京|上海|广州|深圳
        CH: 日内瓦|苏黎世|达沃斯
        IN: 新德里|孟买
        IL: 特拉维夫|耶路撒冷
        TR: 安卡拉|伊斯坦布尔
        SA: 利雅得
        NL: 海牙
        UA: 基辅|哈尔科夫|敖德萨|马里乌波尔|克里米亚|赫尔松
        RU: 莫斯科|圣彼得堡
        BE: 布鲁塞尔
        DE: 慕尼黑|柏林|法兰克福
        FR: 斯特拉斯堡|巴黎
        AU: 堪培拉|悉尼
        PK: 伊斯兰堡
        CA: 渥太华
        JP: 东京|大阪
        GB: 伦敦
        EG: 开罗
        IR: 德黑兰
        KR: 首尔
        KP: 平壤""",
}
# Names of the sources that are also everyday words, or that mean another place in the news.
NOT_CITIES = frozenset(
    "Male Nice Of Same Victoria Hamilton Kingston Douglas Santiago Valencia Reading Central Suez Troll Vostok Davis "
    "Palmer Mawson Casey Rothera Syowa McMurdo Guadeloupe Easter Wake Midway Knox Center Samara Reunion Christmas "
    "Cocos Vincennes Pacific Eastern Mountain Atlantic Nelson Fortaleza Moron Salvador Concord Teni Pest Jos Aba Oral "
    "Kota Surat Thule "
    "المدينة مدينه رياض موصل أنفا انفا بصرة بصره "
    "Усы Уси Усі Уху Рома Вуси Софи Порто Тане Омва Сана Мале Розо Кота Каяо Тегу Пуна "
    "关口 中卫 中衛 天府 新安 新港 旧港 科塔 古龙 古龍 新界 青阳 阿巴 德博 佩斯 图勒 皮金".split()
)

# States and provinces that follow a city's name: `London, Ontario`, `Paris, Texas`.
STATES: dict[str, str] = {
    "en": """CA: Ontario|Alberta|Manitoba|Saskatchewan|Nova Scotia|British Columbia|Quebec
        AU: New South Wales|Queensland""",
    "fr": """US: Californie|Floride|Louisiane|Caroline du Nord|Caroline du Sud|Virginie|Pennsylvanie|Nouveau-Mexique""",
    "es": """US: Nueva Jersey|Nuevo México|Carolina del Norte|Carolina del Sur|Pensilvania""",
    "de": """US: Kalifornien""",
    "ru": """US: Техас|Калифорния|Флорида|Аляска|Аризона|Невада""",
    "uk": """US: Техас|Каліфорнія|Флорида|Аляска|Аризона|Невада""",
    "ar": """US: تكساس|كاليفورنيا|فلوريدا|ألاسكا""",
    "zh": """US: 得克萨斯|得州|加利福尼亚|加州|佛罗里达|阿拉斯加|佐治亚州|弗吉尼亚州""",
}
