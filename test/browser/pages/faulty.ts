/** A page that fails when it is told to. */
const page: { fail?: () => void; failed?: boolean } = globalThis as object;

page.fail = () => {
  page.failed = true;
  throw new Error("on purpose");
};
