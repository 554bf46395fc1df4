/** The words of the questions: what may follow which auxiliary. No word of one rest is an auxiliary or a subject. */

/** After `are`, `is`, `were`, `was`: a state, a place. */
export const STATES: readonly string[] = (
  "free,happy,busy,ready,hungry,tired,late,early,alone,awake,angry,afraid,sick,well,sure,proud,careful,nervous,bored,lost,safe," +
  "famous,rich,married,at home,at work,at school,in bed,in town,in the garden,in the kitchen,in the library,on the train,on the bus," +
  "on holiday,at the station,at the market,near the river,under the bridge,behind the house,at the party,in trouble"
).split(",");

/** A verb and what it needs before its object: plain, and as a participle. */
export const VERBS: readonly (readonly [plain: string, participle: string])[] = (
  "see seen|find found|buy bought|sell sold|clean cleaned|paint painted|draw drawn|carry carried|remember remembered|like liked|" +
  "need needed|use used|open opened|close closed|repair repaired|photograph photographed|visit visited|know known|lose lost|" +
  "borrow borrowed|return returned|hide hidden|choose chosen|describe described"
)
  .split("|")
  .map((verb) => verb.split(" ") as [string, string]);

export const QUALITIES: readonly string[] = "old new red green small big broken wooden empty heavy strange quiet".split(
  " ",
);

export const THINGS: readonly string[] =
  "house car boat door book picture letter box chair table lamp clock bicycle shop garden bridge tower key map coat bag piano museum window castle".split(
    " ",
  );

/** When: for what is now or comes, for what is over, and for what is done again and again. */
export const WHEN: Readonly<Record<"next" | "over" | "often", readonly string[]>> = {
  next: "today,tonight,tomorrow,this evening,on monday,on friday,next week,after lunch,before noon".split(","),
  over: "yesterday,last night,last week,on sunday,this morning,in march,two days ago".split(","),
  often: "every day,every week,in summer,in winter,at the weekend,after work".split(","),
};

/** What people say before they ask, in some. */
export const OPENERS: readonly string[] =
  "tell me,|so,|sorry,|excuse me,|quickly,|one question:|by the way,|please say,|good morning:|just curious:".split(
    "|",
  );
