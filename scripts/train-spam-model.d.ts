export function trainSpamModel(textFeatures: (text: string, size: number) => Float32Array): {
  readonly model: Buffer;
  readonly spam: readonly string[];
  readonly ham: readonly string[];
};

export function logisticModel(weights: readonly number[] | Float32Array, bias: number): Buffer;
