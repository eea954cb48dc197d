using System.Runtime.CompilerServices;

namespace Numina.Cuda.Backends.Cpu;

/// <summary>The zero points and scales at the head of one group of a panel, in registers.</summary>
internal readonly unsafe ref struct PanelGroup<T> where T : unmanaged, ILanes<T>
{
    public readonly T FirstZeros;
    public readonly T SecondZeros;
    private readonly T _firstScales;
    private readonly T _secondScales;

    /// <summary>Reads the head at <paramref name="at"/> and moves on to the elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PanelGroup(PackedPart part, ref byte* at)
    {
        FirstZeros = SecondZeros = default;
        if (part.HasZeros)
        {
            FirstZeros = T.LoadInt16(at);
            SecondZeros = T.LoadInt16(at + 32);
            at += 64;
        }

        switch (part.Scales)
        {
            case ScaleFormat.Float16:
                _firstScales = T.LoadFloat16(at);
                _secondScales = T.LoadFloat16(at + 32);
                at += 64;
                break;
            case ScaleFormat.Float32:
                _firstScales = T.Load((float*)at);
                _secondScales = T.Load((float*)at + 16);
                at += 128;
                break;
            default:
                _firstScales = _secondScales = T.Broadcast(1);
                break;
        }
    }

    /// <summary>totals += scale * sum, for one row's 32 outputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Accumulate(float* totals, T first, T second)
    {
        AccumulateFirst(totals, first);
        AccumulateSecond(totals, second);
    }

    /// <summary>The same for outputs 0 to 15.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AccumulateFirst(float* totals, T sum) => T.MultiplyAdd(sum, _firstScales, T.Load(totals)).Store(totals);

    /// <summary>The same for outputs 16 to 31.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AccumulateSecond(float* totals, T sum) => T.MultiplyAdd(sum, _secondScales, T.Load(totals + 16)).Store(totals + 16);
}
