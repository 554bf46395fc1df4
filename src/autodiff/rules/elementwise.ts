import { ModelError } from "../../tensor/errors.ts";
import type { DType } from "../../tensor/nd-array.ts";
import { FLOATS } from "../../tensor/operators/operator.ts";
import { applyOne, type Node, type Pullback, type Tensor, where } from "../../tensor/tensor.ts";
import { type Flow, type GradientRule, type GradientTable, rule, unbroadcast } from "./rule.ts";

const TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);

/** Passes the gradient to the chosen one; equals share it alike. */
const chooser: GradientRule = rule(({ g, inputs, y }) => {
  const chosen = inputs.map((input) => indicator(input.equal(y), y.dtype));
  const share = g.div(chosen.reduce((count, one) => count.add(one)));
  return inputs.map((input, i) => unbroadcast(share.mul(chosen[i] as Tensor), input.shape));
});

function indicator(condition: Tensor, dtype: DType): Tensor {
  return condition.cast(dtype);
}

export const ELEMENTWISE_GRADIENTS: GradientTable = {
  Add: rule(({ g, inputs }) => inputs.map((input) => unbroadcast(g, input.shape))),
  Sum: rule(({ g, inputs }) => inputs.map((input) => unbroadcast(g, input.shape))),
  Mean: rule(({ g, inputs }) => inputs.map((input) => unbroadcast(g.div(inputs.length), input.shape))),
  Sub: rule(({ g, inputs: [a, b] }) => [
    unbroadcast(g, (a as Tensor).shape),
    unbroadcast(g.neg(), (b as Tensor).shape),
  ]),
  Mul: rule(({ g, inputs: [a, b] }) => [
    unbroadcast(g.mul(b as Tensor), (a as Tensor).shape),
    unbroadcast(g.mul(a as Tensor), (b as Tensor).shape),
  ]),
  Div: rule(({ g, y, inputs: [a, b] }) => [
    unbroadcast(g.div(b as Tensor), (a as Tensor).shape),
    unbroadcast(
      g
        .mul(y)
        .div(b as Tensor)
        .neg(),
      (b as Tensor).shape,
    ),
  ]),
  /** d/da aᵇ = b aᵇ⁻¹, but 0 where b is 0 (also at a = 0); d/db aᵇ = aᵇ log a, but 0 where a is not above 0. */
  Pow: rule(({ g, y, inputs: [a, b] }) => {
    const [base, exponent] = [a as Tensor, b as Tensor];
    const power = exponent.cast(base.dtype);
    const logarithm = where(base.greater(0), base, 1).log();
    const lowered = base.pow(where(power.equal(0), 1, power.sub(1)));
    return [
      unbroadcast(g.mul(power).mul(lowered), base.shape),
      FLOATS.has(exponent.dtype) ? unbroadcast(g.mul(y).mul(logarithm), exponent.shape) : undefined,
    ];
  }),
  Max: chooser,
  Min: chooser,
  /** a − b · trunc(a / b); of integers there is no gradient, so a float's remainder has the sign of a. */
  Mod: rule(({ g, inputs: [a, b], node }) => {
    const [dividend, divisor] = [a as Tensor, b as Tensor];
    if (!node.attributes.fmod) throw new ModelError("gradient of Mod: expected floats with fmod 1 but found fmod 0");
    const quotient = dividend.div(divisor);
    const whole = applyOne("Floor", [quotient.abs()]).mul(quotient.sign());
    return [unbroadcast(g, dividend.shape), unbroadcast(g.mul(whole).neg(), divisor.shape)];
  }),
  Neg: rule(({ g }) => [g.neg()]),
  Abs: rule(({ g, x }) => [g.mul(x.sign())]),
  Identity: (node, [g], flow) => {
    const { stopGradient, pullback } = node.attributes as { stopGradient?: number; pullback?: Pullback };
    if (pullback && !isPartWanted(node, flow)) return [undefined, ...pullback(node, g as Tensor)];
    return stopGradient ? [] : [g];
  },
  Sqrt: rule(({ g, y }) => [g.mul(0.5).div(y)]),
  Reciprocal: rule(({ g, y }) => [g.mul(y.mul(y)).neg()]),
  Exp: rule(({ g, y }) => [g.mul(y)]),
  Log: rule(({ g, x }) => [g.div(x)]),
  Sin: rule(({ g, x }) => [g.mul(x.cos())]),
  Cos: rule(({ g, x }) => [g.mul(x.sin()).neg()]),
  Tan: rule(({ g, y }) => [g.mul(y.mul(y).add(1))]),
  Asin: rule(({ g, x }) => [g.div(x.mul(x).neg().add(1).sqrt())]),
  Acos: rule(({ g, x }) => [g.div(x.mul(x).neg().add(1).sqrt()).neg()]),
  Atan: rule(({ g, x }) => [g.div(x.mul(x).add(1))]),
  Sinh: rule(({ g, x }) => [g.mul(x.exp().add(x.neg().exp()).mul(0.5))]),
  Cosh: rule(({ g, x }) => [g.mul(x.exp().sub(x.neg().exp()).mul(0.5))]),
  Asinh: rule(({ g, x }) => [g.div(x.mul(x).add(1).sqrt())]),
  Acosh: rule(({ g, x }) => [g.div(x.mul(x).sub(1).sqrt())]),
  Atanh: rule(({ g, x }) => [g.div(x.mul(x).neg().add(1))]),
  Erf: rule(({ g, x }) => [g.mul(x.mul(x).neg().exp().mul(TWO_OVER_SQRT_PI))]),
  Sigmoid: rule(({ g, y }) => [g.mul(y.sub(y.mul(y)))]),
  HardSigmoid: rule(({ g, y, node }) => [
    g.mul(indicator(y.greater(0).and(y.less(1)), y.dtype)).mul(node.attributes.alpha as number),
  ]),
  Tanh: rule(({ g, y }) => [g.sub(g.mul(y.mul(y)))]),
  Relu: rule(({ g, y }) => [g.mul(y.sign())]),
  LeakyRelu: rule(({ g, x, node }) => [where(x.greater(0), g, g.mul(node.attributes.alpha as number))]),
  PRelu: rule(({ g, x, inputs }) => {
    const slope = inputs[1] as Tensor;
    return [where(x.less(0), g.mul(slope), g), unbroadcast(where(x.less(0), g.mul(x), 0), slope.shape)];
  }),
  ThresholdedRelu: rule(({ g, x, node }) => [where(x.greater(node.attributes.alpha as number), g, 0)]),
  Selu: rule(({ g, x, y, node }) => {
    const { alpha, gamma } = node.attributes as { alpha: number; gamma: number };
    return [g.mul(where(x.greater(0), gamma, y.add(alpha * gamma)))];
  }),
  Celu: rule(({ g, x, node }) => [
    g.mul(
      x
        .minimum(0)
        .div(node.attributes.alpha as number)
        .exp(),
    ),
  ]),
  Shrink: rule(({ g, x, node }) => [where(x.abs().greater(node.attributes.lambd as number), g, 0)]),
  Elu: rule(({ g, x, y, node }) => [where(x.greater(0), g, g.mul(y.add(node.attributes.alpha as number)))]),
  Softplus: rule(({ g, x }) => [g.mul(x.sigmoid())]),
  Softsign: rule(({ g, x }) => {
    const scale = x.abs().add(1);
    return [g.div(scale.mul(scale))];
  }),
  Gelu: rule(({ g, x, node }) => [g.mul(node.attributes.approximate === "tanh" ? geluTanhSlope(x) : geluSlope(x))]),
  Swish: rule(({ g, x, node }) => {
    const alpha = node.attributes.alpha as number;
    const s = x.mul(alpha).sigmoid();
    return [g.mul(s.add(x.mul(alpha).mul(s.sub(s.mul(s)))))];
  }),
  HardSwish: rule(({ g, x }) => {
    const slope = x.div(3).add(0.5);
    return [g.mul(where(x.greater(3), 1, where(x.less(-3), 0, slope)))];
  }),
  Mish: rule(({ g, x }) => {
    const t = x.softplus().tanh();
    return [g.mul(t.add(x.mul(x.sigmoid()).mul(t.mul(t).neg().add(1))))];
  }),
  /** min(max(x, low), high): each place's gradient goes to the one of the three that it holds; x wins where it equals a bound. */
  Clip: (node, [gradient]) => {
    const [x, low, high] = node.inputs as [Tensor, Tensor | undefined, Tensor | undefined];
    const g = gradient as Tensor;
    const raised = low ? x.maximum(low) : x;
    const ofMax = high ? where(raised.greater(high), 0, g) : g;
    return [
      low ? where(x.less(low), 0, ofMax) : ofMax,
      low && unbroadcast(where(x.less(low), ofMax, 0), low.shape),
      high && unbroadcast(where(raised.greater(high), g, 0), high.shape),
    ];
  },
  Where: (node, [g]) => {
    const [condition, a, b] = node.inputs as [Tensor, Tensor, Tensor];
    return [
      undefined,
      unbroadcast(where(condition, g as Tensor, 0), a.shape),
      unbroadcast(where(condition, 0, g as Tensor), b.shape),
    ];
  },
  Cast: rule(({ g, x }) => [FLOATS.has(x.dtype) ? g.cast(x.dtype) : undefined]),
  CastLike: rule(({ g, x }) => [FLOATS.has(x.dtype) ? g.cast(x.dtype) : undefined]),
  /** The operator is for inference, where it is its input. */
  Dropout: rule(({ g }) => [g]),
};

/** Whether a gradient is wanted by something between a value with a pullback and what it was computed from. */
function isPartWanted({ inputs, attributes }: Node, { wanted, active }: Flow): boolean {
  const [value, ...rest] = inputs as readonly Tensor[];
  const seen = new Set(rest.slice(0, attributes.ofPullback as number));
  const open = [value as Tensor];
  for (let tensor = open.pop(); tensor; tensor = open.pop()) {
    if (seen.has(tensor) || !active.has(tensor)) continue;
    if (wanted.has(tensor)) return true;
    seen.add(tensor);
    for (const part of tensor.node.inputs) if (part) open.push(part);
  }
  return false;
}

/** d/dx of x Φ(x). */
function geluSlope(x: Tensor): Tensor {
  const cdf = x.mul(Math.SQRT1_2).erf().add(1).mul(0.5);
  return cdf.add(x.mul(x.mul(x).mul(-0.5).exp()).mul(1 / Math.sqrt(2 * Math.PI)));
}

/** d/dx of x/2 (1 + tanh(√(2/π) (x + 0.044715 x³))). */
function geluTanhSlope(x: Tensor): Tensor {
  const scale = Math.sqrt(2 / Math.PI);
  const square = x.mul(x);
  const t = x.mul(square.mul(0.044715).add(1)).mul(scale).tanh();
  const inner = square
    .mul(3 * 0.044715)
    .add(1)
    .mul(scale);
  return t
    .add(1)
    .mul(0.5)
    .add(x.mul(0.5).mul(t.mul(t).neg().add(1)).mul(inner));
}
