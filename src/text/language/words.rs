//! Common words by language, folded as [`crate::text::Tokens`] folds them: what [`super::latin`] counts.
//!
//! Written by hand from grammars: articles, pronouns, prepositions, conjunctions, auxiliaries, and for the languages
//! that are told the words of short news headlines, where function words are few. The rivals are there so that their
//! texts are recognised as something else. A word that several languages share stands in each list; the counting knows
//! how many share it.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The language code of each list (ISO 639), the told ones first, and its words.
pub(super) const LISTS: [(&str, &str); 17] = [
    ("en", EN),
    ("fr", FR),
    ("pt", PT),
    ("ha", HA),
    ("es", ES),
    ("it", IT),
    ("so", SO),
    ("sw", SW),
    ("yo", YO),
    ("wo", WO),
    ("ff", FF),
    ("bm", BM),
    ("dje", DJE),
    ("pcm", PCM),
    ("de", DE),
    ("nl", NL),
    ("id", ID),
];

/// How many of [`LISTS`] are languages that are told; the rest are rivals.
pub(super) const TOLD: usize = 4;

/// The lists a word stands in, as a set of bits by place in [`LISTS`].
pub(super) fn lists_of(word: &str) -> u32 {
    static BY_WORD: LazyLock<HashMap<&'static str, u32>> = LazyLock::new(|| {
        let mut by_word = HashMap::new();
        for (place, (_, words)) in LISTS.iter().enumerate() {
            for word in words.split_ascii_whitespace() {
                *by_word.entry(word).or_insert(0) |= 1 << place;
            }
        }
        by_word
    });
    BY_WORD.get(word).copied().unwrap_or(0)
}

const EN: &str = "\
    the of and to in a is was for on with that it as at by from be have has had are were been not but his her he \
    she they their we you i this which or an will would who said after its more about than when there what can \
    could if out up over into new no all also one two people years year some other them him my your our so just do \
    did does says say against near me us am being before during while where how these those then only any most \
    many such very should may might must because between under through both each own off down until since still \
    even back first last three four five six seven eight nine ten get got make made take took time day days week \
    month way well good part now here too much never always again another killed kill kills killing attack attacks \
    attacked army soldier soldiers gunmen militants troops police dead wounded injured fighters rebels bomb blast \
    strike strikes raid ambush village villagers town government president minister leader security forces \
    military war peace talks coup junta north northern south southern west western east eastern central border \
    country world news state states united nations report reports abducted kidnapped hostages released arrested \
    held least dozens hundreds thousands women children civilians aid food refugees displaced crisis health school \
    schools court law election vote sanctions lifts lift jihadists civilian insurgents calls call warns announces \
    ends begins suspends amid despite across around among per every s t re ve ll isn doesn \
    wasn aren couldn wouldn later house win left think know want going come came went told asked thing things \
    something really few home work play game team man men woman old high long right public company case place \
    point group number fact like show shows died shot fire leaders officials force air deal plan hit hits dies \
    sent sends seeks warned nothing everyone";

const FR: &str = "\
    le la les de des du un une et a en dans que qui pour par sur au aux avec est sont ne pas se sa son ses ce \
    cette ces cet il elle ils elles nous vous on plus mais ou comme ete etre avoir ont etait etaient fait leur \
    leurs apres avant entre sans sous depuis contre selon aussi tres deux trois quatre cinq tout tous toute toutes \
    ans d l n s c qu j m y dont lors vers chez meme autres autre pays je tu me mon ma mes notre votre nos vos si \
    donc car ni quand alors ainsi encore toujours jamais rien bien peu moins fois jour jours temps annee annees \
    mois semaine monde faire peut doit sera seront avait avaient soit faut va vont celui celle ceux cela ca quel \
    quelle chaque plusieurs pendant parce jusqu lorsque puis premiere premier nouveau nouvelle nouvelles grand \
    grande hier aujourd hui dit declare annonce affirme gouvernement president ministre armee soldat soldats \
    militaires terroristes attaque attaques tue tues tuees morts mort blesses blesse embuscade enlevement enleves \
    otages otage liberes arretes arrete securite forces nord sud ouest centre frontiere village villages \
    villageois ville civils femmes enfants population populations deplaces refugies crise guerre paix etat coup \
    sanctions accord elections election justice proces enquete sante ecole ecoles bilan dizaines centaines \
    milliers explosion engin frappe drone region appelle suspend rejette visite reunion sommet lutte nationale \
    national transition lui plutot pourquoi comment afin chacun telle tel tels telles quelques plupart societe \
    nombre equipe homme hommes femme enfant fut furent eu ayant etant voici voila loin pres certains certaines \
    personne personnes mieux meilleur vie place cas point groupe partie cours jeune jeunes politique doivent \
    peuvent serait seraient aura soient ait cinquante vingt";

const PT: &str = "\
    o a os as de do da dos das em no na nos nas que e um uma por para com nao se seu sua seus suas mais mas como \
    foi ao aos pelo pela pelos pelas sao ser tem tambem entre ate sem muito muitos muita ja esta estao ele ela \
    eles elas isso isto este essa esse quando depois anos ano segundo disse sobre ou ha num numa apos ainda voce \
    foram era eram ter sido mesmo pessoas governo presidente contra nem so nosso nossa meu minha lhe me te eu vos \
    qual quem onde porque pois todo toda todos todas outro outra outros outras pode podem deve vai vao fazer feito \
    faz fez estava estavam sera seria tinha tinham havia dia dias mes semana vez vezes tempo mundo pais paises \
    antes agora aqui ali la bem melhor maior menos dois duas tres quatro cinco primeira primeiro ultima ultimo \
    nova novo novas novos grande grandes durante desde enquanto cada qualquer algum alguns alguma nada tudo \
    ministro exercito soldados militares ataque ataques mortos morto mortes feridos ferido emboscada sequestro \
    raptados refens libertados detidos policia seguranca forcas norte sul leste oeste centro fronteira aldeia \
    aldeias cidade civis mulheres criancas populacao deslocados refugiados crise guerra paz estado golpe acordo \
    eleicoes eleicao justica saude escola escolas dezenas centenas milhares explosao terroristas insurgentes \
    anuncia apela afirmou afirma cerca alem apesar quase embora mil milhoes homem homens mulher neste nesta desta \
    deste destes desse dessa dele dela deles delas podera poderia poderao devera deverao seja sejam fosse ira \
    tenha tiveram claro proximo proxima equipa comecou parte caso lado casa vida grupo jogo problema semanas \
    minutos horas";

const HA: &str = "\
    da a na ta ya su sun an ba ne ce wani wata wannan wadanda wanda cikin kan daga zuwa domin amma kuma shi ita mu \
    ku ga mai masu yana tana suna ana kasa kasar mutane mutum bayan kafin lokacin lokaci yi yin zai za sai don duk \
    har ko kamar wasu haka akan inji ci cin ranar rana shekara shekaru gwamnati gwamnatin shugaban shugaba sojoji \
    sojojin yan babu akwai idan saboda tare kwanaki cewa ke nan can yadda inda abin abubuwan abu sosai jami \
    hukumomi hukumar harin hari hare kashe kashi sace garkuwa yankin yanki arewacin arewa kudu kudancin gabas \
    yamma garin gari jihar jiha kasashe duniya yaki rayuwa bindiga mayakan adda fararen hula mata yara maza gida \
    gidan aiki aikin sabon sabuwar farko yau jiya gobe wuri wurin irin wajen waje tun ni ka ki kai in ina kina \
    muna kuna zan zaka zata zasu zamu taba sake kawai yake take suke muke ake kuke wa mene me yaushe wane wace \
    biyu uku hudu biyar shida bakwai takwas tara goma ashirin talatin hamsin dubu miliyan bai basu wadannan wancan \
    kowa kowane komai wajibi dole tsakanin karkashin bisa game sabanin lamarin rahoto rahotanni kara kama kamata \
    iya samu sami fara fada ji gani yawa yawan dukkan dukan baya gaba cikinsu shin tsohon juyin mulki mulkin \
    majalisar majalisa kotu kotun sanda yansanda tsaro tsaron rauni mutu mutuwar rasu halaka kwato tashin hankali \
    aka akai wacce wadda kasance nuna duba wuraren gefe wahala ruwa kudi kudin kungiya kungiyar dalibai jam iyyar \
    zabe zaben manoma makiyaya kauye kauyen sauran karin watan litinin talata laraba alhamis jumma asabar lahadi \
    dai dama tuni bayani magana sanar bayyana tabbatar kasuwa mota hanya manyan babban babbar mafi gaskiya allah \
    sa san uwa uba mahaifi mahaifiya";

const ES: &str = "\
    el la los las de del en que y un una por con no se su sus para como mas pero es fue al lo ha han este esta \
    sobre entre cuando tambien hasta desde muy sin anos ano despues dijo ser son era segun donde ya porque o le \
    les otros otro gobierno presidente si mi yo tu nos ella ellos ellas esto eso esos estos estas todo todos toda \
    todas hay estan estaba tiene tienen puede hacer hace dia dias dos tres uno unos unas quien quienes cual cada \
    tras durante contra mejor mayor menos parte vez nuevo nueva tiempo mundo pais estado fueron habia sido siendo \
    solo ni asi ahora aunque mientras primera primer ejercito soldados ataque muertos heridos guerra mujeres ninos \
    policia lunes martes miercoles jueves viernes noche manana antes gran otra fuera hemos nuestro nuestra nada \
    algo aqui alli bien luego pues sino aun quiere podria decir dice hizo tuvo hombre mujer gente ademas habian \
    poco mucho muchos tenia unidos personas veces realmente cierto";

const IT: &str = "\
    il la di che e un una per con non si del della dei delle nel nella nei nelle al alla i le gli lo da in sono ha \
    hanno come piu ma anche suo sua suoi loro questo questa questi dal dalla stato stata stati essere dopo anni \
    anno sul sulla sui ai degli alle agli tra fra molto quando era erano ci se o sia perche ed a ho io lui lei noi \
    tutti tutto tutte due tre cui dove aveva avevano fatto fare detto ancora gia prima senza sempre solo cosi \
    quello quella quelli ogni altri altro altra nostro mio mia puo potrebbe sara ne dello dagli uno mentre contro \
    governo presidente giorno esercito soldati morti guerra secondo";

const SO: &str = "\
    waa oo iyo ku ka ee in uu ay ayaa waxay waxaa wuxuu waxaan wuu way la soo si aan ah sheegay yiri lagu dadka \
    kale badan inuu inay iyada isaga isagoo iyadoo doonaa weyn kala ugu loo laga ayuu ayay u aad ahaa ahayd leh \
    jirta jira kaas taas kasta markii marka waxa loogu hore dhexe mid labo saddex cusub waxaana lakin laakiin \
    sidoo ama haddii xisbiga madaxweynaha dowladda ciidamada weerar qaar";

const SW: &str = "\
    na ya wa kwa ni katika za la kuwa hii hiyo huo yake wake lakini pia cha vya kutoka baada alisema kama watu \
    sana hata mwaka kwenye hivyo huyo zaidi wakati ambao ambayo ile hilo au si bila serikali huu hizo hao wao yao \
    kwamba ili mtu moja wawili mbili watatu ambaye hayo haya hawa yeye mimi sisi tu kila siku nchi rais wengi wote \
    yote zote bado ndani kabla juu hadi miaka kuhusu pamoja dhidi jeshi shambulio amesema";

const YO: &str = "\
    ni ati ti won naa fun lo pe si kan awon n ko omo ile bi je se lati o pelu gbogbo ninu wa mo re yii yi ki ba to \
    kosi eyi ohun tabi lori orile ede odun eniyan oun mi a i fi bee sugbon leyin wipe inu nigba ijoba aare";

const WO: &str = "\
    ci ak bi yi mi ji gi si la mu nu na ay bu yu ba lu ko te dafa nekk am def wax ni nit gu waaye moom noom mooy \
    di du dara boobu laa naa ngir jef rew reew atum ginaaw benn bii yii mii gii ju ku mbaa ap ab ag yeneen neen \
    lool rekk leegi leen nañu nanu danu dañu manoon amoon nekkoon jel xam dem man yow sax fan fekk gannaaw biir \
    ñaar naari nenn liggeey maa daal xale";

const FF: &str = "\
    e o be ko nde ndu ngal ngam nder haa ha je jo mo wii wi dow to fuu maa mum mudum am amma kadi fow woni laatii \
    kala yimbe himbe lewru hitaande duungu do dum den en bana fahin boo wadi hebi nyande leydi maako mako makko \
    mabbe ngo nge ndi ngu nga kam min on hino hoti wonde nden baawo kono si so yo hay tan fof gila ley hakkunde \
    laamu bee he foti jooni joni ngol debbo neddo gorko kanjum kanko sabu gam dun hande yeeso ma a";

const BM: &str = "\
    ye ka la ni be tun na min o a ma ke ko don fo caman jamana ce u kan kono fe mogo kelen fila fanga soro ani nka \
    walasa te kana i n san do sisan kele minnu tuma bee olu k y b mogow jamanaw waati kosebe kunnafoni dugu";

const DJE: &str = "\
    ga kan nda boro boroyan kulu ra wala kala hala din hinza hinka ma na i wo no mo ni go si sanni ngey nga a \
    ciine haya hayey waato laabo laabu gonda mana za jirbi";

const PCM: &str = "\
    dey wey dem sey wetin dis dat una pipo im tok go don fit dia di make no for na e from wit one of inside wen \
    sabi pikin am tori dose oga abi like say kon come";

const DE: &str = "\
    der die das und in den von zu mit sich des auf fur ist im dem nicht ein eine als auch es an werden aus er hat \
    dass sie nach wird bei einer um am sind noch wie einem uber einen so zum war haben nur oder aber vor zur bis \
    mehr durch man sein wurde sei ich wir ihr";

const NL: &str = "\
    de en van het een in is dat op te zijn met voor niet aan er die om als dan maar bij ook door uit naar over \
    heeft hij nog worden wordt werd tot of ze wel geen deze zich was meer kan ik haar hun dit";

const ID: &str = "\
    yang dan di dengan untuk dari pada ini itu dalam tidak akan ke ada oleh telah sebagai adalah juga karena bahwa \
    mereka kami kita saya atau lebih sudah bisa tahun orang para antara setelah";
