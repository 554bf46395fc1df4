/** Checks of constructor options. Each throws a RangeError that names the owner, the option, and what was found. */

/** @throws RangeError unless every option is an integer above 0 */
export function requirePositiveIntegers(owner: string, options: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`${owner}: expected ${name} to be a positive integer but found ${value}`);
    }
  }
}

/** @throws RangeError unless every option is an integer */
export function requireIntegers(owner: string, options: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (!Number.isSafeInteger(value))
      throw new RangeError(`${owner}: expected ${name} to be an integer but found ${value}`);
  }
}

/** @throws RangeError unless every option is at least 0 and below 1 */
export function requireFractions(owner: string, options: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (!(value >= 0 && value < 1)) {
      throw new RangeError(`${owner}: expected ${name} to be at least 0 and below 1 but found ${value}`);
    }
  }
}

/** @throws RangeError unless every option is a finite number */
export function requireFinite(owner: string, options: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (!Number.isFinite(value)) {
      throw new RangeError(`${owner}: expected ${name} to be finite but found ${value}`);
    }
  }
}

/** @throws RangeError unless every option is a finite number above 0 */
export function requirePositive(owner: string, options: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (!(Number.isFinite(value) && value > 0)) {
      throw new RangeError(`${owner}: expected ${name} to be finite and above 0 but found ${value}`);
    }
  }
}

/** @throws RangeError unless every option is a finite number of at least 0 */
export function requireNotNegative(owner: string, options: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (!(Number.isFinite(value) && value >= 0)) {
      throw new RangeError(`${owner}: expected ${name} to be finite and at least 0 but found ${value}`);
    }
  }
}
