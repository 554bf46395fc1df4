import { expect, test } from "vitest";
import { readFields, writeFields } from "../../state/hash.ts";
import { LOOK_FIELDS } from "./look-state.ts";

test("changes stand in the address as they are, however strange their tokens", () => {
  const values = new Map([
    ["masked", "1~30"],
    ["forced", "2:0*0.5,9"],
    ["written", "9:!t!c!!~3:~"],
  ]);
  const { value, dropped } = readFields(LOOK_FIELDS, new Map([...values, ["written", "9:!t!c!!"]]));
  expect(dropped).toEqual([]);
  expect(value.masked).toEqual([1, 30]);
  expect(value.forced).toEqual([
    {
      step: 2,
      shares: [
        { place: 0, share: 0.5 },
        { place: 9, share: 1 },
      ],
    },
  ]);
  expect(value.written).toEqual([{ step: 9, token: "~:!" }]);
  expect(writeFields(LOOK_FIELDS, value).get("written")).toBe("9:!t!c!!");
  expect(readFields(LOOK_FIELDS, values).dropped).toEqual(["written"]);
});
