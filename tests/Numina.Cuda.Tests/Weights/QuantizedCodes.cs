using System.Buffers.Binary;

namespace Numina.Cuda.Tests.Weights;

/// <summary>
/// Random codes, zero points and scales of one layer of 32 x 32, the weights they mean, and their packing into words bit by bit as the formats specify it:
/// an independent path to what the product reads.
/// </summary>
internal sealed class QuantizedCodes
{
    private const int Size = TinyCheckpoint.Features;
    private static readonly int[] AwqColumns = [0, 2, 4, 6, 1, 3, 5, 7];
    private readonly int[,] _codes = new int[Size, Size];
    private readonly int[,] _zeros;
    private readonly Half[,] _scales;
    private readonly int[] _groupOf;
    private readonly int _bits;
    private readonly int _groups;

    public QuantizedCodes(int bits, int groups, int seed, bool permuted = false, int leastZero = 1)
    {
        var random = new Random(seed);
        (_bits, _groups) = (bits, groups);
        _zeros = new int[groups, Size];
        _scales = new Half[groups, Size];
        _groupOf = [.. Enumerable.Range(0, Size).Select(k => k / (Size / groups))];
        if (permuted)
        {
            random.Shuffle(_groupOf);
        }

        for (int n = 0; n < Size; n++)
        {
            for (int k = 0; k < Size; k++)
            {
                _codes[k, n] = random.Next(1 << bits);
            }

            for (int g = 0; g < groups; g++)
            {
                _zeros[g, n] = random.Next(leastZero, 1 << bits);
                _scales[g, n] = (Half)(0.001f + random.NextSingle());
            }
        }
    }

    /// <summary>W[n, k] = scale * (code - zero point).</summary>
    public float Weight(int n, int k) => (float)_scales[_groupOf[k], n] * (_codes[k, n] - _zeros[_groupOf[k], n]);

    public void AddGptq(TinyCheckpoint checkpoint, string module, bool v2 = false)
    {
        int perWord = 32 / _bits;
        var words = new uint[Size / perWord * Size];
        var zeros = new uint[_groups * (Size / perWord)];
        for (int n = 0; n < Size; n++)
        {
            for (int k = 0; k < Size; k++)
            {
                words[k / perWord * Size + n] |= (uint)_codes[k, n] << (_bits * (k % perWord));
            }

            for (int g = 0; g < _groups; g++)
            {
                zeros[g * (Size / perWord) + n / perWord] |= (uint)(_zeros[g, n] - (v2 ? 0 : 1)) << (_bits * (n % perWord));
            }
        }

        checkpoint.AddWords($"{module}.qweight", words, Size / perWord, Size);
        checkpoint.AddWords($"{module}.qzeros", zeros, _groups, Size / perWord);
        checkpoint.AddWords($"{module}.g_idx", [.. _groupOf.Select(g => (uint)g)], Size);
        Finish(checkpoint, module);
    }

    public void AddAwq(TinyCheckpoint checkpoint, string module)
    {
        var words = new uint[Size * Size / 8];
        var zeros = new uint[_groups * Size / 8];
        for (int word = 0; word < Size / 8; word++)
        {
            for (int nibble = 0; nibble < 8; nibble++)
            {
                int n = 8 * word + AwqColumns[nibble];
                for (int k = 0; k < Size; k++)
                {
                    words[k * Size / 8 + word] |= (uint)_codes[k, n] << (4 * nibble);
                }

                for (int g = 0; g < _groups; g++)
                {
                    zeros[g * Size / 8 + word] |= (uint)_zeros[g, n] << (4 * nibble);
                }
            }
        }

        checkpoint.AddWords($"{module}.qweight", words, Size, Size / 8);
        checkpoint.AddWords($"{module}.qzeros", zeros, _groups, Size / 8);
        Finish(checkpoint, module);
    }

    private void Finish(TinyCheckpoint checkpoint, string module)
    {
        var data = new byte[2 * _groups * Size];
        for (int i = 0; i < _groups * Size; i++)
        {
            BinaryPrimitives.WriteHalfLittleEndian(data.AsSpan(2 * i), _scales[i / Size, i % Size]);
        }

        checkpoint.Tensors[$"{module}.scales"] = ("F16", [_groups, Size], data);
        checkpoint.Tensors.Remove($"{module}.weight");
    }
}
