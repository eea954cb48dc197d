using System.Runtime.CompilerServices;

namespace Numina.Cuda.Backends.Cpu;

/// <summary>The operations on single rows, written on lanes. All lengths are in elements; none needs to be a multiple of anything.</summary>
internal abstract unsafe class RowKernels
{
    /// <summary>output = input * weight / sqrt(mean(input^2) + epsilon).</summary>
    public abstract void RmsNorm(float* input, float* weight, float epsilon, float* output, int width);

    /// <summary>sum += delta.</summary>
    public abstract void Add(float* sum, float* delta, int width);

    /// <summary>output = silu(gate) * up.</summary>
    public abstract void SwiGlu(float* gate, float* up, float* output, int width);

    /// <summary>Rotates a head in place by the angles of one position: halves pair up.</summary>
    public abstract void Rotate(float* head, float* cosines, float* sines, int half);

    /// <summary>The sum of e^(values - largest), and the largest. Not a number when any value is not.</summary>
    public abstract double SumOfExponentials(float* values, int count, out float largest);
}

/// <inheritdoc/>
internal sealed unsafe class RowKernels<T> : RowKernels where T : unmanaged, ILanes<T>
{
    /// <summary>Lanes' partial sums are moved to a double this often, so that a vocabulary's worth of terms stays accurate.</summary>
    private const int SumBlock = 64 * Lanes.Count;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void RmsNorm(float* input, float* weight, float epsilon, float* output, int width)
    {
        int whole = width - width % Lanes.Count;
        T squares = default;
        for (int i = 0; i < whole; i += Lanes.Count)
        {
            T value = T.Load(input + i);
            squares = T.MultiplyAdd(value, value, squares);
        }

        if (whole < width)
        {
            T value = Lanes.LoadPart<T>(input + whole, width - whole);
            squares = T.MultiplyAdd(value, value, squares);
        }

        float factor = 1 / MathF.Sqrt(squares.Sum() / width + epsilon);
        T factors = T.Broadcast(factor);
        for (int i = 0; i < whole; i += Lanes.Count)
        {
            (T.Load(input + i) * factors * T.Load(weight + i)).Store(output + i);
        }

        for (int i = whole; i < width; i++)
        {
            output[i] = input[i] * factor * weight[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Add(float* sum, float* delta, int width)
    {
        int whole = width - width % Lanes.Count;
        for (int i = 0; i < whole; i += Lanes.Count)
        {
            (T.Load(sum + i) + T.Load(delta + i)).Store(sum + i);
        }

        for (int i = whole; i < width; i++)
        {
            sum[i] += delta[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void SwiGlu(float* gate, float* up, float* output, int width)
    {
        int whole = width - width % Lanes.Count;
        for (int i = 0; i < whole; i += Lanes.Count)
        {
            SwiGlu(T.Load(gate + i), T.Load(up + i)).Store(output + i);
        }

        if (whole < width)
        {
            T last = SwiGlu(Lanes.LoadPart<T>(gate + whole, width - whole), Lanes.LoadPart<T>(up + whole, width - whole));
            Lanes.StorePart(last, output + whole, width - whole);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Rotate(float* head, float* cosines, float* sines, int half)
    {
        int whole = half - half % Lanes.Count;
        for (int i = 0; i < whole; i += Lanes.Count)
        {
            T first = T.Load(head + i), second = T.Load(head + half + i);
            T cosine = T.Load(cosines + i), sine = T.Load(sines + i);
            (first * cosine - second * sine).Store(head + i);
            (second * cosine + first * sine).Store(head + half + i);
        }

        for (int i = whole; i < half; i++)
        {
            (float first, float second) = (head[i], head[half + i]);
            head[i] = first * cosines[i] - second * sines[i];
            head[half + i] = second * cosines[i] + first * sines[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override double SumOfExponentials(float* values, int count, out float largest)
    {
        int whole = count - count % Lanes.Count;
        T most = T.Broadcast(float.NegativeInfinity);
        for (int i = 0; i < whole; i += Lanes.Count)
        {
            most = T.Max(most, T.Load(values + i));
        }

        most = T.Max(most, Lanes.LoadPart<T>(values + whole, count - whole, float.NegativeInfinity));
        largest = most.Largest();
        T shift = T.Broadcast(largest);
        double sum = Lanes.Exp(Lanes.LoadPart<T>(values + whole, count - whole, float.NegativeInfinity) - shift).Sum();
        for (int i = 0; i < whole;)
        {
            T part = default;
            for (int end = Math.Min(whole, i + SumBlock); i < end; i += Lanes.Count)
            {
                part += Lanes.Exp(T.Load(values + i) - shift);
            }

            sum += part.Sum();
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T SwiGlu(T gate, T up)
    {
        T one = T.Broadcast(1);
        return gate / (one + Lanes.Exp(default(T) - gate)) * up;
    }
}
