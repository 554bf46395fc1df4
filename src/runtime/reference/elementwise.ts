import { type Attributes, type DType, ModelError } from "../../tensor/index.ts";
import { roundHalfEven } from "./half.ts";
import { given, type Kernel, type KernelTable } from "./kernel.ts";
import { broadcastShape, broadcastTo } from "./layout.ts";
import { elu, erf, hardSigmoid, sigmoid, softplus, softsign } from "./special-functions.ts";
import { castNumber, isInteger, type Value, wrap } from "./value.ts";

/** Applies a function to every element. */
export function mapValue(value: Value, f: (x: number) => number, dtype: DType = value.dtype): Value {
  const data = value.data.map(f);
  if (isInteger(dtype) || dtype === "bool")
    for (let i = 0; i < data.length; i++) data[i] = wrap(data[i] as number, dtype);
  return { data, shape: value.shape, dtype };
}

/** Applies a function of two numbers to broadcast inputs. */
export function zip(a: Value, b: Value, f: (x: number, y: number) => number, dtype: DType = a.dtype): Value {
  const shape = broadcastShape([a.shape, b.shape]);
  const left = broadcastTo(a, shape);
  const { data } = broadcastTo(b, shape);
  let i = 0;
  return mapValue(left, (x) => f(x, data[i++] as number), dtype);
}

function unary(f: (x: number) => number): Kernel {
  return (inputs) => [mapValue(given(inputs, 0), f)];
}

/** One number in, one number out, with the numbers of named attributes. */
function shaped<Name extends string>(f: (x: number, attributes: Readonly<Record<Name, number>>) => number): Kernel {
  return (inputs, attributes) => [mapValue(given(inputs, 0), (x) => f(x, attributes as Record<Name, number>))];
}

function test(f: (x: number, attributes: Attributes) => boolean): Kernel {
  return (inputs, attributes) => [mapValue(given(inputs, 0), (x) => (f(x, attributes) ? 1 : 0), "bool")];
}

function binary(f: (x: number, y: number) => number): Kernel {
  return (inputs) => [zip(given(inputs, 0), given(inputs, 1), f)];
}

function compare(f: (x: number, y: number) => boolean): Kernel {
  return (inputs) => [zip(given(inputs, 0), given(inputs, 1), (x, y) => (f(x, y) ? 1 : 0), "bool")];
}

/** Any number of inputs, taken two by two. */
function variadic(f: (x: number, y: number) => number): Kernel {
  return (inputs) => [inputs.map((_, index) => given(inputs, index)).reduce((a, b) => zip(a, b, f))];
}

/** Integers: the product modulo 2^bits, exactly. */
function multiply(a: Value, b: Value): Value {
  if (!isInteger(a.dtype)) return zip(a, b, (x, y) => x * y);
  return zip(a, b, (x, y) => {
    const product = x * y;
    if (Number.isSafeInteger(product)) return product;
    return Number(BigInt.asIntN(64, BigInt(x) * BigInt(y)));
  });
}

/** The remainder has the sign of the divisor, or with `fmod` that of the dividend. */
const mod: Kernel = (inputs, { fmod }) => [
  zip(given(inputs, 0), given(inputs, 1), (x, y) => {
    const rest = x % y;
    return fmod || rest === 0 || rest < 0 === y < 0 ? rest : rest + y;
  }),
];

function gelu(x: number, approximate: boolean): number {
  if (!approximate) return (x / 2) * (1 + erf(x / Math.SQRT2));
  return (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
}

const clip: Kernel = (inputs) => {
  const low = inputs[1]?.data[0] ?? -Infinity;
  const high = inputs[2]?.data[0] ?? Infinity;
  return [mapValue(given(inputs, 0), (x) => Math.min(Math.max(x, low), high))];
};

const where: Kernel = (inputs) => {
  const parts = [0, 1, 2].map((index) => given(inputs, index));
  const shape = broadcastShape(parts.map((part) => part.shape));
  const [condition, ifTrue, ifFalse] = parts.map((part) => broadcastTo(part, shape)) as [Value, Value, Value];
  const data = condition.data.map((on, i) => (on ? ifTrue.data[i] : ifFalse.data[i]) as number);
  return [{ data, shape, dtype: ifTrue.dtype }];
};

function cast(value: Value, dtype: DType): Value {
  return { data: value.data.map((x) => castNumber(x, dtype)), shape: value.shape, dtype };
}

/** At inference nothing is dropped, and the mask keeps everything. */
const dropout: Kernel = (inputs) => {
  const value = given(inputs, 0);
  if (inputs[2]?.data[0] && inputs[1]?.data[0] !== 0) {
    throw new ModelError("Dropout: expected inference but found training_mode; feed the noise and multiply instead");
  }
  return [value, mapValue(value, () => 1, "bool")];
};

const ARITHMETIC: KernelTable = {
  Add: binary((x, y) => x + y),
  Sub: binary((x, y) => x - y),
  Mul: (inputs) => [multiply(given(inputs, 0), given(inputs, 1))],
  Div: binary((x, y) => x / y),
  Pow: binary((x, y) => x ** y),
  Max: variadic(Math.max),
  Min: variadic(Math.min),
  Sum: variadic((x, y) => x + y),
  Mean: (inputs) => {
    const sum = inputs.map((_, index) => given(inputs, index)).reduce((a, b) => zip(a, b, (x, y) => x + y));
    return [mapValue(sum, (x) => x / inputs.length)];
  },
  Mod: mod,
  Neg: unary((x) => -x),
  Abs: unary(Math.abs),
  Sign: unary(Math.sign),
  Identity: (inputs) => [given(inputs, 0)],
  Floor: unary(Math.floor),
  Ceil: unary(Math.ceil),
  Round: unary(roundHalfEven),
  Sqrt: unary(Math.sqrt),
  Reciprocal: unary((x) => 1 / x),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Sin: unary(Math.sin),
  Cos: unary(Math.cos),
  Tan: unary(Math.tan),
  Asin: unary(Math.asin),
  Acos: unary(Math.acos),
  Atan: unary(Math.atan),
  Sinh: unary(Math.sinh),
  Cosh: unary(Math.cosh),
  Asinh: unary(Math.asinh),
  Acosh: unary(Math.acosh),
  Atanh: unary(Math.atanh),
  Erf: unary(erf),
};

const ACTIVATIONS: KernelTable = {
  Sigmoid: unary(sigmoid),
  HardSigmoid: shaped<"alpha" | "beta">((x, { alpha, beta }) => hardSigmoid(x, alpha, beta)),
  Tanh: unary(Math.tanh),
  Relu: unary((x) => Math.max(x, 0)),
  LeakyRelu: shaped<"alpha">((x, { alpha }) => (x < 0 ? alpha * x : x)),
  PRelu: binary((x, slope) => (x < 0 ? slope * x : x)),
  ThresholdedRelu: shaped<"alpha">((x, { alpha }) => (x > alpha ? x : 0)),
  Elu: shaped<"alpha">((x, { alpha }) => elu(x, alpha)),
  Selu: shaped<"alpha" | "gamma">((x, { alpha, gamma }) => gamma * elu(x, alpha)),
  Celu: shaped<"alpha">((x, { alpha }) => (x < 0 ? alpha * Math.expm1(x / alpha) : x)),
  Softplus: unary(softplus),
  Softsign: unary(softsign),
  Gelu: (inputs, { approximate }) => [mapValue(given(inputs, 0), (x) => gelu(x, approximate === "tanh"))],
  Swish: shaped<"alpha">((x, { alpha }) => x * sigmoid(alpha * x)),
  HardSwish: unary((x) => x * hardSigmoid(x, 1 / 6, 0.5)),
  Mish: unary((x) => x * Math.tanh(softplus(x))),
  Shrink: shaped<"bias" | "lambd">((x, { bias, lambd }) => (x < -lambd ? x + bias : x > lambd ? x - bias : 0)),
  Clip: clip,
};

const CHOICES: KernelTable = {
  Equal: compare((x, y) => x === y),
  Greater: compare((x, y) => x > y),
  GreaterOrEqual: compare((x, y) => x >= y),
  Less: compare((x, y) => x < y),
  LessOrEqual: compare((x, y) => x <= y),
  And: compare((x, y) => x !== 0 && y !== 0),
  Or: compare((x, y) => x !== 0 || y !== 0),
  Xor: compare((x, y) => (x !== 0) !== (y !== 0)),
  Not: test((x) => x === 0),
  IsNaN: test(Number.isNaN),
  IsInf: test((x, { detect_negative, detect_positive }) =>
    Boolean((x === -Infinity && detect_negative) || (x === Infinity && detect_positive)),
  ),
  Where: where,
  Cast: (inputs, { to }) => [cast(given(inputs, 0), to as DType)],
  CastLike: (inputs) => [cast(given(inputs, 0), given(inputs, 1).dtype)],
  Dropout: dropout,
};

export const ELEMENTWISE: KernelTable = { ...ARITHMETIC, ...ACTIVATIONS, ...CHOICES };
