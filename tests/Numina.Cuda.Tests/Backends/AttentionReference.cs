namespace Numina.Cuda.Tests.Backends;

/// <summary>Rotary embedding and causal attention from their definitions, in double precision.</summary>
internal static class AttentionReference
{
    public const double Theta = 10000;

    public static double Angle(int position, int i, int headDim) => position * Math.Pow(Theta, -2.0 * i / headDim);

    /// <summary>[tokens, heads * headDim] from unrotated qkv [tokens, (heads + 2 kvHeads) * headDim] of one sequence, scale 1 / sqrt(headDim).</summary>
    public static double[] Compute(float[] qkv, int tokens, int heads, int kvHeads, int headDim)
    {
        int width = (heads + 2 * kvHeads) * headDim;
        double[] output = new double[tokens * heads * headDim];
        for (int t = 0; t < tokens; t++)
        {
            for (int h = 0; h < heads; h++)
            {
                int kv = h / (heads / kvHeads);
                double[] query = Rotated(qkv, t * width + h * headDim, t, headDim);
                double[] weights = new double[t + 1];
                for (int j = 0; j <= t; j++)
                {
                    double[] key = Rotated(qkv, j * width + (heads + kv) * headDim, j, headDim);
                    weights[j] = Math.Exp(query.Zip(key, (a, b) => a * b).Sum() / Math.Sqrt(headDim));
                }

                double sum = weights.Sum();
                for (int j = 0; j <= t; j++)
                {
                    for (int d = 0; d < headDim; d++)
                    {
                        output[(t * heads + h) * headDim + d] += weights[j] / sum * qkv[j * width + (heads + kvHeads + kv) * headDim + d];
                    }
                }
            }
        }

        return output;
    }

    private static double[] Rotated(float[] qkv, int at, int position, int headDim)
    {
        double[] head = new double[headDim];
        int half = headDim / 2;
        for (int i = 0; i < half; i++)
        {
            (double cosine, double sine) = (Math.Cos(Angle(position, i, headDim)), Math.Sin(Angle(position, i, headDim)));
            head[i] = qkv[at + i] * cosine - qkv[at + half + i] * sine;
            head[i + half] = qkv[at + i + half] * cosine + qkv[at + i] * sine;
        }

        return head;
    }
}
