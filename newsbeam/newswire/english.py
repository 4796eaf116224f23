"""Stories in English."""

from newsbeam.newswire.names import CITIES, COUNTRIES, PEOPLE, REGIONS
from newsbeam.newswire.prose import Language, Subject

_SLOTS = {
    "country": COUNTRIES,
    "city": CITIES,
    "region": REGIONS,
    "person": PEOPLE,
    "day": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "hotel": ("Grand Averin", "Hotel Meridian", "Lakeside Palace", "Astoria House", "Villa Corvina"),
    "firm": (
        "Norvik Group",
        "Halden & Sons",
        "Averin Telecom",
        "Tarn Logistics",
        "Selva Foods",
        "Ostra Marine",
    ),
    "club": ("Rovers", "Athletic", "United", "Wanderers", "Olympia", "Harriers", "Sparta", "Lions"),
    "work": ("The Salt Road", "Nine Winters", "A House of Glass", "Letters to Tamsala", "The Quiet Orchard"),
}

_PEACE = Subject(
    frozenset({"ceasefire", "peace-talks"}),
    (
        "{country} and {country2} [agree|accept] ceasefire [after|following] {n:2-9} days of talks in {city}",
        "Ceasefire talks between {country} and {country2} [enter {n:4-6}th day|resume] in {city}",
        "Mediators [hail|welcome] ceasefire deal for {region}",
        "{surname} [urges|presses] both sides to sign ceasefire before {day}",
    ),
    (
        "Negotiators from {country} and {country2} [agreed|undertook] on {day} to observe a ceasefire in {region} for {n:10-90} days.",
        "A ceasefire between {country} and {country2} came [a step closer|nearer] after {n:5-20} hours of talks at the {hotel} in {city}.",
        "The two delegations at the talks in {city} said that a ceasefire would take effect at [dawn|noon|midnight] on {day}.",
    ),
    (
        "The ceasefire text, {n:6-30} pages long, sets out how guns and heavy vehicles are to be drawn back {n:5-40} kilometres from the line.",
        '{person}, who leads the mediation, said the ceasefire was "the first document that both capitals have initialled in {n:2-9} years".',
        "Families in {region} said they would wait to see whether the ceasefire lasted beyond the [first night|weekend] before going home.",
        "An earlier ceasefire, signed in {city2}, broke down within {n:3-25} hours when a convoy was fired on near the river crossing.",
        '"Paper is patient, people are not," {surname} told reporters, adding that a joint commission would meet every {n:2-8} days.',
        "The {country2} delegation asked for {n:2-6} amendments, mostly about who will staff the crossing points after the ceasefire begins.",
        "Diplomats described the mood as [businesslike|cautious|tired but hopeful], with the two chief negotiators sharing a table for the first time.",
        "Under the ceasefire, {n:20-400} detainees are to be exchanged in {n:2-6} stages, beginning with the sick and the old.",
    ),
)

_PEACEKEEPING = Subject(
    frozenset({"peacekeeping"}),
    (
        "[First|New] peacekeepers [arrive|land] in {city} as {country} mission [begins|grows]",
        "{country} offers {n:200-900} peacekeepers for {region}",
        "Peacekeeping mission in {region} [gets|receives] new mandate until {y:2027-2031}",
        "Peacekeepers [open|reopen] road to {city} after {n:4-40} weeks",
    ),
    (
        "The first {n:60-400} peacekeepers of a mission for {region} [arrived|landed] in {city} on {day}, officials said.",
        "{country} said it would send {n:200-900} troops to the peacekeeping mission in {region} before the end of the month.",
        "Peacekeepers in blue helmets [began|started] patrols along the road between {city} and {city2} on {day}.",
    ),
    (
        "The peacekeeping force will have {n:12-60} outposts, {n:2-9} field hospitals and a budget that member states still have to approve.",
        '"We are here so that farmers can go back to their fields," said {person}, the officer in charge of the peacekeepers.',
        "Residents lined the road and handed out [bread|apples|water] as the white vehicles of the peacekeepers passed.",
        "The mission's engineers have cleared {n:15-160} kilometres of road and repaired {n:2-14} bridges since spring.",
        "Contributing countries will rotate their peacekeepers every {n:4-12} months, with {country2} taking over the headquarters first.",
        "{surname} said the peacekeepers would answer to a civilian head of mission and publish a report every {n:30-90} days.",
        "A peacekeeping veteran, {person2}, warned that the area is as large as a small country and that helicopters are few.",
        "The peacekeepers' radio, which broadcasts in {n:2-5} languages, went on the air in the afternoon with a concert.",
    ),
)

_SANCTIONS = Subject(
    frozenset({"sanctions"}),
    (
        "{country} [imposes|announces] sanctions on {n:8-60} [officials|shipowners|bankers] from {country2}",
        "Sanctions on {country2} [extended|tightened] for another {n:6-18} months",
        "{country2} [protests|objects] as sanctions hit {firm}",
        "How {firm} learned to live with sanctions",
    ),
    (
        "{country} [imposed|announced] sanctions on {n:8-60} people and {n:3-20} companies from {country2} on {day}.",
        "New sanctions against {country2} freeze the assets of {n:8-60} people and bar them from entering {country}.",
        "Ministers meeting in {city} [agreed|decided] to keep sanctions on {country2} in place for another {n:6-18} months.",
    ),
    (
        "The sanctions list names shipping firms, two banks and the owner of {firm}, who denies any wrongdoing.",
        '"Sanctions are a tool, not a policy," said {person}, who advises the foreign ministry in {city}.',
        "Lawyers for {firm} said they would challenge the sanctions in court within {n:10-60} days.",
        "Customs officers have opened {n:20-200} cases of sanctions evasion this year, most of them involving re-exports through third countries.",
        "{surname} said the new sanctions would be reviewed every {n:3-12} months and lifted as soon as conditions were met.",
        "Traders in {city2} said the sanctions had already raised the price of spare parts by {n:4-40} per cent.",
        "The asset freeze covers {n:2-30} properties and a yacht that has been moored in {city} since the winter.",
        "The foreign ministry of {country2} called the sanctions [unfounded|a mistake|regrettable] and summoned the ambassador.",
    ),
)

_ELECTION = Subject(
    frozenset({"elections"}),
    (
        "{country} [votes|goes to the polls] in closest election in {n:10-40} years",
        "{surname} [claims victory|concedes defeat] in {country} presidential election",
        "Election officials in {country} [begin recount|extend voting] in {n:3-20} districts",
        "Turnout hits {n:55-88} per cent in {country} parliamentary election",
    ),
    (
        "Voters in {country} [chose|were choosing] a new parliament on {day} in an election that pollsters call too close to predict.",
        "{person} [led|was ahead] in the presidential election in {country} with {n:41-53} per cent of the ballots counted so far.",
        "The election commission of {country} said that {n:55-88} per cent of registered voters had cast a ballot by the evening.",
    ),
    (
        "Polling stations in {city} stayed open for {n:1-3} extra hours because queues still reached around the block.",
        "The election campaign was dominated by rents, pensions and the state of the railways.",
        '"Whoever wins this election will have to govern with people they insulted last week," said {person2}, who teaches politics in {city2}.',
        "Observers visited {n:120-900} polling stations and described the election as orderly, with isolated delays.",
        "The party of {surname} won {n:12-48} seats {n:4-30} years ago, when the last general election was held.",
        "Ballots from {region} are flown to the capital and were expected to arrive during the night.",
        "The election commission promised final results within {n:2-9} days and asked candidates for patience.",
        "First-time voters received a {n:5-20}-page booklet that explains how seats are shared out.",
    ),
)

_STORM = Subject(
    frozenset({"storms"}),
    (
        "Storm {surname} [leaves|cuts] {n:12-180} thousand homes without power in {region}",
        "Hurricane [weakens|strengthens] as it nears {city}",
        "Storm tears roofs from {n:40-600} houses in {city}",
        "Typhoon [closes|shuts] port of {city} for {n:2-6} days",
    ),
    (
        "A storm with winds of {n:110-210} kilometres an hour [crossed|swept over] {region} on {day} and cut power to {n:12-180} thousand homes.",
        "A hurricane that forecasters had followed for {n:4-9} days [reached|made landfall near] {city} early on {day}.",
        "Crews in {city} were clearing trees and cables on {day} after a storm that forecasters called the strongest in {n:10-40} years.",
    ),
    (
        "The weather service kept its hurricane warning for {region} in force until {day} evening.",
        "Ferries stayed in port and {n:20-140} trains were cancelled while the storm passed.",
        '"It sounded like a goods train on the roof," said {person}, who spent the night of the storm in a school hall with {n:60-400} others.',
        "Engineers said it would take {n:3-12} days to reconnect every village that the storm had cut off.",
        "The eye of the hurricane passed {n:10-60} kilometres north of {city2}, sparing its oldest quarter.",
        "Insurers put the first estimate of storm damage at {n:20-900} million.",
        "{surname}, who heads the county's emergency office, asked people to stay indoors until the storm had moved out to sea.",
        "Gusts of {n:130-240} kilometres an hour were measured at the lighthouse before the instrument was torn from its mast.",
    ),
)

_QUAKE = Subject(
    frozenset({"earthquakes"}),
    (
        "Earthquake of magnitude {n:5-7}.{n:0-9} [strikes|shakes] {region}",
        "Rescuers [search|comb] ruins in {city} after earthquake",
        "{city} [counts|surveys] damage after night of aftershocks",
        "Earthquake [damages|cracks] {n:200-900} buildings near {city}",
    ),
    (
        "An earthquake of magnitude {n:5-7}.{n:0-9} [struck|shook] {region} at {n:1-5} in the morning on {day}, the seismological office said.",
        "Rescue teams in {city} pulled {n:3-40} people from collapsed houses after an earthquake that was felt {n:100-400} kilometres away.",
        "Aftershocks of an earthquake kept thousands of people in {city} out of doors for a second night.",
    ),
    (
        "The epicentre of the earthquake lay {n:8-40} kilometres beneath the hills east of {city2}.",
        "Seismologists counted {n:20-160} aftershocks, the strongest of magnitude {n:4-5}.{n:1-9}.",
        '"The cupboards walked across the kitchen," said {person}, a baker, who ran into the street during the earthquake.',
        "Schools will stay closed for {n:2-9} days while engineers look at their walls and stairways.",
        "Tents for {n:200-900} families went up in the stadium, and field kitchens served soup.",
        "The last comparable earthquake in the region was {n:30-120} years ago.",
        "{surname}, the mayor, said that water had been restored to {n:40-95} per cent of the districts shaken by the earthquake.",
        "Dogs and listening devices were flown in from {country2} to search where the earthquake had brought down a textile mill.",
    ),
)

_REFUGEES = Subject(
    frozenset({"refugees"}),
    (
        "{n:10-90} thousand refugees cross into {country} in {n:2-9} days",
        "{country} [opens|builds] {n:2-12} centres for refugees near {city}",
        "Refugees from {region} [wait|queue] at border for {n:4-5}th night",
        "Aid agencies [short of|lack] tents for refugees in {city}",
    ),
    (
        "More than {n:10-90} thousand refugees from {region} have crossed into {country} within {n:2-9} days, aid agencies said.",
        "{country} [opened|prepared] reception centres for refugees near {city} on {day}, with room for {n:900-9000} people.",
        "Refugees were sleeping in buses and school halls around {city} on {day} while officials registered new arrivals.",
    ),
    (
        "Most of the refugees are women and children, and many have walked for {n:3-12} days.",
        '"We brought the documents, the baby and the dog," said {person}, one of the refugees who crossed at {city2}.',
        "Volunteers cooked {n:900-9000} meals a day for the refugees in a disused bus depot.",
        "The refugee agency asked donors for {n:12-180} million and said that only {n:8-45} per cent had been paid.",
        "Doctors at the refugee centre treat {n:60-400} patients a day, mostly for exhaustion and coughs.",
        "{surname}, who coordinates the aid, said refugees would be offered places in {n:4-30} towns away from the border.",
        "Classes for {n:200-900} refugee children began in the town library, taught by other refugees.",
        "Bus companies have lent {n:12-80} coaches that take refugees onwards twice a day.",
    ),
)

_CYBER = Subject(
    frozenset({"cyber-attacks"}),
    (
        "Cyberattack [takes|knocks] {firm} offline for {n:4-5}th day",
        "{country} hospitals [fall back on paper|cancel operations] after ransomware attack",
        "Hackers [demand|ask for] {n:2-40} million after cyberattack on {firm}",
        "Ransomware [closes|shuts] town hall in {city}",
    ),
    (
        "A cyberattack on {firm} [kept|left] {n:20-400} branches without their systems on {day}, the company said.",
        "{n:3-20} hospitals in {country} were treating emergencies only on {day} after a ransomware attack encrypted patient files.",
        "The town hall of {city} said a ransomware attack had locked {n:200-900} of its computers.",
    ),
    (
        "The hackers asked for {n:2-40} million and published {n:12-80} documents as proof of what they hold.",
        '"We are working with pencils and good will," said {person}, who runs the emergency desk since the cyberattack.',
        "Investigators traced the cyberattack to a stolen password of a supplier that services the lifts.",
        "The national cybersecurity agency sent {n:4-30} specialists and told other companies to install an update.",
        "Backups from {n:2-9} weeks before the ransomware attack were found intact in a cellar in {city2}.",
        "{surname}, the chief executive, said no ransom had been paid and none would be.",
        "Customers should change their passwords, the company said, although card numbers were stored elsewhere.",
        "It is the {n:4-9}th cyberattack on a company of this size in the country this year.",
    ),
)

_TRADE = Subject(
    frozenset({"trade-war"}),
    (
        "{country} [raises|doubles] tariffs on {n:40-400} goods from {country2}",
        "Tariffs: {country2} [answers|retaliates] with duties on {country} [steel|cars|cheese]",
        "{firm} [moves|shifts] production as tariffs bite",
        "Trade war [widens|deepens] as {country} lists new tariffs",
    ),
    (
        "{country} [raised|doubled] its tariffs on {n:40-400} goods from {country2} on {day}, from {n:4-12} to {n:15-45} per cent.",
        "{country2} answered new tariffs from {country} with duties of its own, and both sides spoke of a trade war.",
        "Makers of [machines|shoes|furniture] in {city} [said|warned] on {day} that tariffs would cost them a third of their orders.",
    ),
    (
        "The tariffs cover goods worth {n:2-40} billion a year, from tractors to tinned fruit.",
        '"Nobody wins a trade war, but some lose it faster," said {person}, who leads the chamber of commerce in {city}.',
        "{firm} said it would move {n:2-9} assembly lines to {country2} unless the tariffs were withdrawn.",
        "Containers are being held in the port of {city2} while brokers work out which of the new tariffs apply.",
        "{surname} said the tariffs were open to negotiation and named {n:3-9} conditions.",
        "Farmers expect to lose {n:8-45} per cent of their exports and have asked for help.",
        "Economists put the cost of the tariffs at {n:90-700} a year for an ordinary household.",
        "The last trade war between the two countries ended {n:6-30} years ago with a treaty on cement.",
    ),
)

_FLOOD = Subject(
    frozenset({"floods"}),
    (
        "Floods [force|drive] {n:2-40} thousand people from homes in {region}",
        "Flood water [reaches|enters] old town of {city}",
        "{city} [builds|raises] dykes as flood warning is extended",
        "Floods [cut off|isolate] {n:8-60} villages in {region}",
    ),
    (
        "Floods [forced|drove] {n:2-40} thousand people from their homes in {region} after {n:3-9} days of rain.",
        "Flood water stood {n:1-3} metres deep in the old town of {city} on {day}, and boats replaced buses.",
        "Soldiers were filling sandbags in {city} on {day} as a flood crest moved down the river.",
    ),
    (
        "The river rose {n:2-6} metres in {n:8-30} hours, faster than in any flood since records began.",
        '"The piano floated, the cat did not mind," said {person}, who left the house by the window when the flood came.',
        "A dyke near {city2} gave way in the night and the flood spread over {n:300-900} hectares of farmland.",
        "The flood has closed {n:4-30} roads and the main line to the coast.",
        "Pumps and boats arrived from {country2}, together with {n:40-300} volunteers who know floods from home.",
        "Drinking water is being brought in by lorry, since the flood has reached two waterworks.",
        "{surname}, the governor, said the flood crest would pass before {day}.",
        "Losses to the harvest from the flood are put at {n:20-300} million.",
    ),
)

_SPORT = Subject(
    frozenset(),
    (
        "{city} {club} beat {city2} {club2} {n:2-5}-{n:0-1} to go top",
        "{surname} [signs|extends] contract with {city} {club} until {y:2028-2031}",
        "Late goal [saves|rescues] point for {city} {club}",
        "{person} wins {n:10-40} kilometre race in {city} in record time",
    ),
    (
        "{city} {club} went top of the table on {day} with a win over {city2} {club2} in front of {n:9000-61000} spectators.",
        "{person} scored twice for {city} {club} on {day} and was carried from the pitch on the shoulders of team-mates.",
        "A goal in the {n:84-90}th minute gave {city} {club} a draw that their coach called deserved.",
    ),
    (
        "The coach, {person2}, changed the goalkeeper at half-time and praised the new one afterwards.",
        "{surname} has now scored {n:8-30} goals this season, more than any other midfielder.",
        "The match was held up for {n:2-9} minutes when a pigeon refused to leave the penalty area.",
        "Supporters sang until long after the whistle and the trams ran an hour late.",
        "The club has sold {n:9000-30000} season tickets and is building a new stand beside the canal.",
        '"We trained that corner for a month," {surname} said, laughing.',
        "The return match is on {day}, and both sides expect their captains to be fit again.",
        "Statistics showed {n:55-72} per cent of the ball for the home side and {n:12-25} attempts on goal.",
    ),
)

_CULTURE = Subject(
    frozenset(),
    (
        '"{work}" [wins|takes] {city} film prize',
        "Museum in {city} [shows|reopens with] {n:80-600} paintings by {person}",
        "{person} [finishes|publishes] novel after {n:6-20} years",
        "Orchestra of {city} [names|chooses] {person} as conductor",
    ),
    (
        '"{work}", a film by {person}, was given the main prize of the {city} festival on {day}.',
        "The museum in {city} reopened on {day} with {n:80-600} paintings, many of them never shown before.",
        "{person} will conduct the orchestra of {city} from the autumn, the house said on {day}.",
    ),
    (
        "The jury praised the photography, the silence and a performance by a {n:60-90}-year-old amateur.",
        '"I wanted to film weather as if it were a character," {surname} said at the ceremony.',
        "Tickets for the first {n:12-40} evenings were gone within {n:2-9} hours.",
        "The building, once a sugar warehouse, was restored over {n:3-12} years by carpenters from the neighbourhood.",
        "Critics were divided: one wrote of a masterpiece, another of {n:2-4} very long hours.",
        "A room on the ground floor shows letters between {surname} and {person2}, who never met.",
        "The programme also has a choir of {n:40-200} children and a concert on the river bank.",
        "A translation into {n:6-30} languages is in preparation.",
    ),
)

_MARKETS = Subject(
    frozenset(),
    (
        "Shares in {firm} [rise|climb] {n:3-14} per cent after results",
        "{firm} [buys|takes over] rival for {n:2-40} billion",
        "Central bank of {country} [holds|keeps] rate at {n:2-6} per cent",
        "{country} economy [grows|expands] {n:1-4} per cent in quarter",
    ),
    (
        "Shares in {firm} rose {n:3-14} per cent on {day} after the company reported higher profits.",
        "The central bank of {country} left its main rate at {n:2-6} per cent on {day}, as analysts had expected.",
        "{firm} said on {day} that it would buy a smaller rival for {n:2-40} billion in cash and shares.",
    ),
    (
        "Turnover rose to {n:2-60} billion, helped by a warm spring and a weak currency.",
        "{person}, the finance director, said orders were filled until the [second|third|fourth] quarter.",
        "Analysts at a bank in {city} raised their target for the share to {n:40-400}.",
        "The dividend goes up for the {n:4-20}th year in a row.",
        "The index of leading shares closed {n:1-3} per cent higher, with retailers in front.",
        '"We prefer dull growth to exciting debt," {surname} said in a call with investors.',
        "The company employs {n:2000-60000} people in {n:6-40} countries and plans to hire in {city2}.",
        "Bond yields hardly moved, and traders left early for the long weekend.",
    ),
)

_SCIENCE = Subject(
    frozenset(),
    (
        "Botanists find [orchid|moss|fern] near {city} that was thought lost",
        "Telescope in {region} [sees|records] galaxy {n:9-13} billion light years away",
        "Bees in {city} know the way home after {n:4-12} kilometres, study says",
        "New ferry from {city} to {city2} runs on batteries",
    ),
    (
        "Botanists working near {city} have found a plant that had not been seen for {n:40-140} years, they said on {day}.",
        "Astronomers at the observatory in {region} recorded light on {day} that set out {n:9-13} billion years ago.",
        "Bees released {n:4-12} kilometres from their hives near {city} found their way home within the hour, researchers reported.",
    ),
    (
        '"We sat down beside it and said nothing for a while," said {person}, who leads the group.',
        "The study followed {n:200-900} animals over {n:2-9} summers with tags lighter than a grain of rice.",
        "Seeds have been taken to the botanical garden in {city2}, where {n:8-60} have begun to sprout.",
        "The instrument's mirror was ground for {n:3-12} years in a workshop that used to make lenses for lighthouses.",
        "Schools may visit on {day} mornings, and the first {n:20-90} classes have signed up.",
        "{surname} hopes to publish the complete map within {n:2-6} years.",
        "The results appear in a journal that anyone can read, with all measurements attached.",
        "A second team, in {country2}, found the same with a different method.",
    ),
)

_COMMON = (
    "The announcement came shortly after {n:7-11} in the morning and surprised many who had expected it next week.",
    "Local radio in {city} interrupted its music programme to read out the statement in full.",
    "Reporters were handed a folder with {n:4-30} pages and a map, and were asked not to fold the map.",
    "{person} declined to comment when reached by telephone.",
    "A spokesman said that further details would be given on {day}.",
    "In the cafés of {city} the news was discussed over the first coffee of the day.",
    "The figures could not be checked independently.",
    "{country} has a population of {n:2-60} million and shares a long border with {country2}.",
    "A similar step was considered {n:3-12} years ago but never carried out.",
    "People who follow the matter closely said the outcome had been likely since {day}.",
    "The newspaper of the region devoted its whole front page to the subject and printed {n:2-9} thousand extra copies.",
    '"One should not promise more than one can carry," said {person2}, a retired judge who has followed such matters for decades.',
    "The road from {city} to {city2} was busier than usual, and the filling station ran out of sandwiches.",
    "An opposition lawmaker asked for a debate and received {n:20-90} minutes on {day}.",
    "Photographs taken in {city} showed a grey sky and a small crowd in raincoats.",
    "Historians pointed out that {city2} had seen something of the kind once before, long before the railway came.",
    "Officials promised to publish the documents on their website within {n:2-20} days.",
    "By the evening the main square of {city} was quiet again.",
    "The matter will be taken up again when the committee returns from its recess in {n:2-6} weeks.",
    "Shops in the centre opened as usual, though several had put handwritten notes in their windows.",
    "A poll of {n:800-2400} adults found that {n:51-79} per cent had heard about it.",
    "{person} thanked everyone who had worked through the night and then went to bed.",
    "The costs, estimated at {n:3-90} million, are to be shared between the capital and the provinces.",
    "Nobody at the meeting in the {hotel} wished to be quoted by name.",
)

ENGLISH = Language(
    "en",
    {
        "peace": _PEACE,
        "peacekeeping": _PEACEKEEPING,
        "sanctions": _SANCTIONS,
        "election": _ELECTION,
        "storm": _STORM,
        "quake": _QUAKE,
        "refugees": _REFUGEES,
        "cyber": _CYBER,
        "trade": _TRADE,
        "flood": _FLOOD,
        "sport": _SPORT,
        "culture": _CULTURE,
        "markets": _MARKETS,
        "science": _SCIENCE,
    },
    _COMMON,
    _SLOTS,
)
