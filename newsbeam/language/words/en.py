"""English."""

from newsbeam.language.words.form import Words

WORDS = Words(
    cues="said|says|say|saying|told|tells|telling|added|adds|adding|asked|asks|replied|replies|answered|stated|states|"
    "stressed|stresses|warned|warns|warning|announced|announces|insisted|insists|argued|argues|explained|explains|"
    "noted|notes|declared|declares|claimed|claims|admitted|admits|acknowledged|conceded|denied|denies|confirmed|"
    "confirms|recalled|recalls|wrote|writes|tweeted|posted|promised|pledged|vowed|urged|urges|called for|predicted|"
    "remarked|observed|concluded|continued|continues|commented|complained|demanded|disclosed|emphasised|emphasized|"
    "expressed|joked|maintained|mentioned|pointed out|points out|pleaded|proposed|quipped|reiterated|repeated|"
    "responded|revealed|shouted|suggested|suggests|testified|thinks|believes|believed|hoped|cautioned|cautions|"
    "countered|boasted|lamented|recounted|retorted|described|describes|accused|criticised|criticized|hailed|"
    "praised|condemned|countered|shouted|refused|jeered|dismissed|called|reported|signalled|alleged|affirmed|asserted|underlined|underscored|has said|"
    "had said|have said",
    sources="according to|in the words of|as told by|in a statement by",
    men="Mr|Mr.|Sir|Lord|King|Prince|Sheikh|chairman|spokesman|congressman|policeman|businessman|fisherman",
    women="Mrs|Mrs.|Ms|Ms.|Miss|Lady|Dame|Queen|Princess|chairwoman|spokeswoman|congresswoman|businesswoman|"
    "policewoman",
    roles="president|vice president|vice-president|prime minister|deputy prime minister|foreign minister|"
    "deputy foreign minister|defence minister|defense minister|finance minister|interior minister|"
    "justice minister|health minister|energy minister|trade minister|education minister|transport minister|"
    "agriculture minister|environment minister|economy minister|culture minister|climate minister|"
    "labour minister|migration minister|fisheries minister|water minister|housing minister|"
    "minister|secretary-general|secretary general|secretary of state|foreign secretary|home secretary|"
    "defence secretary|defense secretary|treasury secretary|deputy secretary-general|under-secretary-general|"
    "state secretary|secretary|chancellor|commissioner|high commissioner|high representative|ambassador|envoy|"
    "special envoy|governor|deputy governor|mayor|deputy mayor|senator|representative|lawmaker|congress member|MP|"
    "MEP|member of parliament|speaker|premier|chief executive|chief executive officer|CEO|chief economist|"
    "chief scientist|chief of staff|chief negotiator|negotiator|chief prosecutor|"
    "prosecutor|chief|managing director|executive director|director-general|director general|director|"
    "deputy director|chair|chairperson|co-chair|president-elect|head|deputy head|spokesperson|adviser|advisor|"
    "national security adviser|general|major general|"
    "lieutenant general|brigadier general|brigadier|colonel|lieutenant colonel|lieutenant|captain|major|sergeant|"
    "commander|force commander|admiral|marshal|General|Colonel|Gen.|Col.|Lt.|Lt. Gen.|Maj. Gen.|Capt.|Sgt.|Adm.|"
    "Sen.|Rep.|Gov.|Dr|Dr.|Prof|Prof.|Professor|professor|doctor|economist|chief analyst|senior analyst|analyst|"
    "researcher|historian|scientist|lawyer|judge|justice|attorney general|attorney|bishop|archbishop|cardinal|pope|"
    "Pope|imam|ayatollah|Ayatollah|rabbi|emir|Emir|crown prince|Crown Prince|leader|opposition leader|party leader|"
    "deputy|coordinator|humanitarian coordinator|inspector|inspector general|manager|founder|owner|farmer|"
    "teacher|resident|nurse|engineer|activist|journalist|author|coach|captain|editor|rapporteur|special rapporteur|"
    "delegate|official|secretary to the treasury|treasurer|campaigner|fellow|senior fellow|lecturer|surgeon|"
    "union leader|trader|driver|student|shopkeeper|climatologist|epidemiologist|hydrologist|geologist|strategist|"
    "counsel|trustee|pastor|reverend|Rev.|chief inspector|superintendent|detective|police chief|fire chief|harbour master|playwright|coach|head coach|actor|actress|writer|singer|artist|painter|composer|conductor|chef|baker|butcher|priest|sheriff|pilot|veterinarian|chief veterinarian|architect|archaeologist|biologist|chemist|physicist|astronomer|oceanographer|virologist|ecologist|conservationist|curator|librarian|novelist|poet|filmmaker|producer|goalkeeper|midfielder|striker|referee|umpire|miner|trawlerman|skipper|ferryman|shepherd|beekeeper|winemaker|gardener|plumber|electrician|firefighter|paramedic|midwife|psychologist|sociologist|demographer|statistician|auditor|accountant|banker|broker|consultant|lobbyist|diplomat|veteran|soldier|widow|pensioner|retiree|caretaker|tenant|landlord|developer|programmer|technician|mechanic|inventor",
    he="he",
    she="she",
    that="that",
    no_place="Jordan River|River Jordan|Jordan Valley|West Jordan|Air Jordan|Gulf of Guinea|Gulf of Mexico|"
    "Gulf of Oman|Gulf of Finland|Gulf of Thailand|Sea of Japan|South China Sea|East China Sea|Indian Ocean|"
    "English Channel|English Premier League|English language|New England|"
    "New Guinea|Papua|French fries|French Guiana|French toast|French horn|Dutch oven|Turkish delight|"
    "Turkish bath|Panama hat|Panama Papers|Brazil nuts|Brazil nut|guinea pig|Guinea pig|Guinea pigs|Swiss cheese|"
    "Swiss army knife|Danish pastry|Irish Sea|Irish coffee|Persian Gulf|Latin America|Latin American|South America|"
    "South American|North America|North American|Central America|Central American|Americas|African American|"
    "African Americans|American Airlines|American Express|American football|British Airways|"
    "German shepherd|German measles|Paris Agreement|Paris Accord|Paris accord|Paris climate agreement|Paris Club|"
    "Geneva Convention|Geneva Conventions|Vienna Convention|Minsk agreements|Minsk agreement|Kyoto Protocol|"
    "Washington Post|New York Times|Wall Street Journal|London Stock Exchange|Bank of America|"
    "Voice of America|Radio Free Europe|"
    "Niger Delta|Lake Chad|Lake Victoria|Victoria Falls|Havana Syndrome|Stockholm syndrome|Stockholm Syndrome|"
    "Nobel Peace Prize|Madeira|Bermuda Triangle|Bermuda shorts|"
    "Cuban heel|Moscow Mule|London Bridge|China shop|bone china|fine china|Spanish flu|Mexican wave|Mexican standoff|"
    "Trojan horse|Amazon|Nice|South Georgia|Georgia Tech|Bank of Georgia|Marshall Plan|"
    "Korean War|Korean Peninsula|Korean peninsula|Vietnam War|Falklands War|Gulf War|"
    "Peking duck|Monaco Grand Prix|Greek yoghurt|Greek yogurt|Guinea fowl|Turkey shoot|cold turkey",
    doubtful="Georgia|Georgian|Georgians|Jordan|Turkey|Chad|Niger|Guinea|Congo|Congolese|Mali|Togo|Israel|Kenya|India|"
    "China|Cuba|Ireland|"
    "England|Scotland|Wales|Holland|French|English|Welsh|Irish|German|Lima|London|Paris|Sydney|Washington|Florence|"
    "Milan|Vienna|Victoria|Santiago|Dallas|Houston|Austin|Phoenix|Lincoln|Jackson|Charlotte|Madison|Chile|Brazil|"
    "Dominica|Dominican|Korean|America|Guyana|Boston|Denver|Miami|Alexandria|Cordoba|Córdoba|Birmingham|Manchester|"
    "Athens|Cairo|Rome|Oman|Monaco|Luxembourg|Panama|Singapore|Man|Pole|Poles|Finn|Finns|Scots|Swede|Swedes|Berlin|"
    "Kingston|Valencia|Hyderabad|Tripoli|Melbourne|Perth|Adelaide|Bath|Cork|Hamilton|San José|San Jose|Barcelona|"
    "Malta|Sofia|Asuncion|Bern|Petersburg|Granada|Cyprus|Lebanon|Peru|Norfolk|Jamaica|Jersey|Saint Helena|Nancy",
    no_names="The|A|An|In|On|At|By|For|From|With|But|And|Or|As|If|When|While|After|Before|Since|Until|Although|Though|"
    "However|Meanwhile|Earlier|Later|Last|Next|This|That|These|Those|There|Here|It|Its|He|She|His|Her|They|Their|We|"
    "Our|You|Your|I|My|Who|What|Where|Why|How|Which|Not|No|Yes|So|Both|Each|Every|All|Some|Many|Most|Few|Several|One|"
    "Two|Three|Four|Five|Six|Ten|Under|Over|Between|During|About|Against|Among|Across|Despite|Once|Still|Even|"
    "Officials|Leaders|Ministers|Talks|Police|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|"
    "February|March|April|May|June|July|August|September|October|November|December|Former|Acting|Deputy|Then|Also|"
    "Asked|Speaking|According|Western|Eastern|Northern|Southern|Central|North|South|East|West|New|Old|Senior|Chief|"
    "Another|Other|Such|Only|Because|Instead|Now|Today|Yesterday|Tomorrow|Thousands|Hundreds|Dozens|Millions|"
    "Critics|Residents|Experts|Analysts|Diplomats|Visiting|Foreign|Human|Climate|Global|International|National|"
    "Federal|European|African|Asian|Arab|Christian|Muslim|Jewish|Islamic|Black|Red|White|Blue|Green|Mediterranean|"
    "Baltic|Sea|Lake|Mount|River|Gulf|Ocean|Strait|Cape|Port|Bay|Island|Islands|World|War|Cup|League|Olympic|Peace|"
    "Security|Day|Week|Year|Street|Road|Avenue|Square|Bridge|Airport|Hotel|Hospital|Stadium|House|Summit|Reuters|AP|"
    "AFP|Nearly|Around|Almost|Following|Like|Unlike|Through|Without|Within|Given|To|Of|Is|Are|Was|Were|Will|Would|"
    "Could|Should|Can|Has|Have|Had|Do|Does|Did|Be|Let|Let’s|Out|Up|Down|Off|Again|Ever|Never|Just|Per|Via",
    inside="de|van|von|der|den|del|della|da|dos|das|di|la|le|du|ter|ten|al|el|bin|bint|ibn|ben|abu|af|zu|y|e",
    bodies="Ministry|Department|Council|Commission|Committee|Agency|Authority|Institute|University|College|School|Bank|"
    "Fund|Foundation|Association|Federation|Confederation|Union|Party|Alliance|Coalition|Movement|Front|Group|Company|"
    "Corporation|Corp|Inc|Ltd|Organisation|Organization|Office|Bureau|Service|Services|Court|Tribunal|Parliament|"
    "Senate|Congress|Assembly|Centre|Center|Network|Programme|Program|Initiative|Trust|Board|Society|Club|Police|"
    "Forces|Army|Navy|Guard|Command|Mission|Observatory|Chamber|Forum|League|Academy|Museum|Church|Airlines|Airways|"
    "Press|Post|Times|Herald|News|Television|Energy|Holdings|Industries|Systems|Technologies|Partners|Laboratory|"
    "Registry|Secretariat|Directorate|Administration|Exchange|Treasury|Taskforce|Railway|Railways|Theatre|Theater|Conference|Bundestag|Fire|Rescue|Defence|Cross|Crescent|Circle|Force|Line|Lines|Shipping|Watch",
    prepositions="of|with|to|by|from|against|for|about|between|and|on|after|than|over|under|at|in|near|like",
    no_speech="called|entitled|titled|named|dubbed|known as|so-called|nicknamed|codenamed|the word|the words|the term|"
    "the phrase|film|book|novel|song|album|operation|read|reading|labelled|play|exercise|marked",
    first_names="James|John|Robert|Michael|William|David|Richard|Joseph|Thomas|Charles|Daniel|Matthew|Anthony|Mark|"
    "Paul|Steven|Andrew|Peter|George|Kevin|Brian|Edward|Mary|Patricia|Jennifer|Linda|Elizabeth|Barbara|Susan|Jessica|"
    "Sarah|Karen|Nancy|Lisa|Margaret|Sandra|Ashley|Emily|Donna|Michelle|Carol|Amanda|Laura|Anna|Emma|Olivia|Sophie|"
    "Helen|Alice|Maria|Marie|Elena|Ivan|Olga|Ahmed|Mohammed|Mohamed|Muhammad|Ali|Hassan|Fatima|Omar|Ibrahim|Yusuf|"
    "Carlos|Juan|José|Jose|Luis|Ana|Karl|Hans|Erik|Lars|Ingrid|Jean|Pierre|Claire|Amina|Aisha|Grace|Samuel|Joshua|"
    "Henry|Martin|Simon|Nicholas|Jonathan|Rachel|Rebecca|Katherine|Victoria|Julia|Nina|Tomas|Marta|Ruth|Naomi|Kofi|"
    "Kwame|Ngozi|Chinedu|Priya|Raj|Sanjay|Wei|Li|Kenji|Yuki|Mehmet|Ayşe|Leila|Layla|Nadia|Samira|Yasmin|Tariq|Khalid",
    fronts="North|South|East|West|Northern|Southern|Eastern|Western|Central|Federal|National|International|European|"
    "African|Asian|Arab|World|Global|Human|Green|Red|Peace|Security|Foreign|State|New|United|Royal|Climate|White|Blue|"
    "Black|Christian|Islamic|Mediterranean|Baltic|Atlantic|Pacific|General|Supreme|High|River|Sea|Port|Islamic",
    bodies_alone="company|agency|group|ministry|bank|firm|charity|union|party|organisation|organization|institute|"
    "commission|council|court|operator|fund|association|watchdog|regulator|club|department",
)
