using System.Buffers.Binary;
using CsCheck;
using Numina.Cuda.Tensors;
using Numina.Cuda.Tests.Support;
using Numina.Cuda.Weights;

namespace Numina.Cuda.Tests.Weights;

/// <summary>Damaged files are refused or read, and what is read is inside the file: never a crash, never a byte that is not the tensor's.</summary>
[TestFixture]
internal sealed class SafetensorsMutationTests
{
    private const int HeaderStart = 8;
    private readonly TemporaryFolder _folder = new();

    [OneTimeTearDown]
    public void Delete() => _folder.Dispose();

    private static readonly byte[] Original = new SafetensorsBuilder()
        .Add("model.embed", "F16", [4, 8], new byte[64])
        .Add("zeros", "I32", [2, 2], new byte[16])
        .Add("empty", "F32", [0], [])
        .Add("odd", "U8", [3], [1, 2, 3])
        .Add("packed", "F4", [10], [1, 2, 3, 4, 5])
        .Add("deep", "I64", [1, 1, 1, 1, 2], new byte[16])
        .Build(metadata: """{"format":"pt"}""");

    private static readonly Gen<Func<byte[], byte[]>> Mutation = Gen.OneOf(
        Gen.Select(Gen.Double.Unit, Gen.Int[0, 7]).Select<(double, int), Func<byte[], byte[]>>(at => bytes => Changed(bytes, Position(bytes, at.Item1), b => (byte)(b ^ (1 << at.Item2)))),
        Gen.Select(Gen.Double.Unit, Gen.Byte).Select<(double, byte), Func<byte[], byte[]>>(at => bytes => Changed(bytes, HeaderPosition(bytes, at.Item1), _ => at.Item2)),
        Gen.Select(Gen.Double.Unit, Gen.Char["0123456789[]{},:\" e-."]).Select<(double, char), Func<byte[], byte[]>>(at => bytes => Changed(bytes, HeaderPosition(bytes, at.Item1), _ => (byte)at.Item2)),
        Gen.Double.Unit.Select<double, Func<byte[], byte[]>>(at => bytes => bytes[..Position(bytes, at)]),
        Gen.Byte.Array[1, 40].Select<byte[], Func<byte[], byte[]>>(tail => bytes => [.. bytes, .. tail]),
        Gen.Select(Gen.Double.Unit, Gen.Int[1, 30]).Select<(double, int), Func<byte[], byte[]>>(at => bytes => Without(bytes, Position(bytes, at.Item1), at.Item2)),
        Gen.Select(Gen.Double.Unit, Gen.Int[1, 60]).Select<(double, int), Func<byte[], byte[]>>(at => bytes => Doubled(bytes, Position(bytes, at.Item1), at.Item2)),
        Gen.OneOf(Gen.Long, Gen.Long[-4, 4].Select(by => by + BinaryPrimitives.ReadInt64LittleEndian(Original))).Select<long, Func<byte[], byte[]>>(length => bytes => WithLength(bytes, length)),
        Gen.Select(Gen.Double.Unit, Gen.Int[-9, 9]).Select<(double, int), Func<byte[], byte[]>>(at => bytes => WithDigits(bytes, at.Item1, at.Item2)));

    [Test]
    public void Two_thousand_damaged_files_are_refused_or_read_within_bounds()
    {
        byte[][] originals = Reference.Find("goldens/gptq/bad/ok-control/model.safetensors") is { } control ? [Original, File.ReadAllBytes(control)] : [Original];
        int read = 0;
        Gen.Select(Gen.Int[0, originals.Length - 1], Mutation.Array[1, 3]).Sample(
            (which, mutations) =>
            {
                byte[] bytes = mutations.Aggregate(originals[which], (damaged, mutation) => mutation(damaged));
                read += IsReadable(bytes) ? 1 : 0;
            },
            iter: 2_000,
            threads: 1);
        Assert.That(read, Is.InRange(100, 1_900), "the damage should be neither always fatal nor always harmless");
    }

    private bool IsReadable(byte[] bytes)
    {
        string path = _folder.Write("damaged.safetensors", bytes);
        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            int start = HeaderStart + (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
            long covered = 0;
            foreach (TensorInfo info in file.Names.Select(file.Info))
            {
                covered += info.ByteLength;
                if (info.Extents.Count <= 4 && info.Type.BitSize() >= 8)
                {
                    Assert.That(file.Get(info.Name).AsBytes().SequenceEqual(bytes.AsSpan(start + (int)info.Begin, (int)info.ByteLength)), info.Name);
                }
            }

            Assert.That(start + covered, Is.EqualTo(bytes.Length));
            return true;
        }
        catch (CheckpointException error)
        {
            Assert.That(error.Message, Does.StartWith(path));
            Assert.That(error.Message.Any(char.IsControl), Is.False, error.Message);
            return false;
        }
    }

    private static int Position(byte[] bytes, double at) => (int)(at * bytes.Length);

    /// <summary>A place in the first part of the file, where the header of both originals lies.</summary>
    private static int HeaderPosition(byte[] bytes, double at) => Math.Min((int)(at * 700) + HeaderStart, Math.Max(bytes.Length - 1, 0));

    private static byte[] Changed(byte[] bytes, int position, Func<byte, byte> change)
    {
        byte[] changed = [.. bytes];
        if (position < changed.Length)
        {
            changed[position] = change(changed[position]);
        }

        return changed;
    }

    private static byte[] Without(byte[] bytes, int position, int count) => [.. bytes[..position], .. bytes[Math.Min(position + count, bytes.Length)..]];

    private static byte[] Doubled(byte[] bytes, int position, int count) => [.. bytes[..Math.Min(position + count, bytes.Length)], .. bytes[position..]];

    private static byte[] WithLength(byte[] bytes, long length)
    {
        byte[] changed = [.. bytes];
        if (changed.Length >= HeaderStart)
        {
            BinaryPrimitives.WriteInt64LittleEndian(changed, length);
        }

        return changed;
    }

    /// <summary>Another digit at the first digit from a place on: the likeliest way to a header that is valid JSON and wrong.</summary>
    private static byte[] WithDigits(byte[] bytes, double at, int by)
    {
        int position = Array.FindIndex(bytes, HeaderPosition(bytes, at) < bytes.Length ? HeaderPosition(bytes, at) : 0, b => char.IsAsciiDigit((char)b));
        return position < 0 ? bytes : Changed(bytes, position, b => (byte)('0' + (b - '0' + by + 10) % 10));
    }
}
