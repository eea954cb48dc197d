using System.Runtime.InteropServices;
using Numina.Cuda.Tensors;
using Numina.Cuda.Weights;

namespace Numina.Cuda.Tests.Weights;

[TestFixture]
internal sealed class SafetensorsFileTests
{
    private static readonly byte[] EightBytes = [1, 2, 3, 4, 5, 6, 7, 8];
    private readonly TemporaryFolder _folder = new();

    [OneTimeTearDown]
    public void Delete() => _folder.Dispose();

    /// <summary>The format's types, with the bits that its specification gives them.</summary>
    [TestCase("BOOL", 8)]
    [TestCase("F4", 4)]
    [TestCase("F6_E2M3", 6)]
    [TestCase("F6_E3M2", 6)]
    [TestCase("U8", 8)]
    [TestCase("I8", 8)]
    [TestCase("F8_E5M2", 8)]
    [TestCase("F8_E4M3", 8)]
    [TestCase("F8_E8M0", 8)]
    [TestCase("I16", 16)]
    [TestCase("U16", 16)]
    [TestCase("F16", 16)]
    [TestCase("BF16", 16)]
    [TestCase("I32", 32)]
    [TestCase("U32", 32)]
    [TestCase("F32", 32)]
    [TestCase("C64", 64)]
    [TestCase("F64", 64)]
    [TestCase("I64", 64)]
    [TestCase("U64", 64)]
    public void Every_type_of_the_format_is_known(string type, int bits)
    {
        using SafetensorsFile file = Open(new SafetensorsBuilder().Add("t", type, [8], new byte[bits]).Build());
        Assert.That(file.Info("t").Type.Name(), Is.EqualTo(type));
        Assert.That(file.Info("t").ByteLength, Is.EqualTo(bits));
        if (bits < 8)
        {
            Assert.That(() => file.Get("t"), Throws.TypeOf<CheckpointException>().With.Message.Contains(type));
        }
        else
        {
            Assert.That(file.Get("t").ByteLength, Is.EqualTo(bits));
        }
    }

    [Test]
    public void Scalars_empty_tensors_and_text_are_read()
    {
        byte[] bytes = new SafetensorsBuilder().Add("scalar", "F32", [], [0, 0, 128, 63]).Add("empty", "F16", [3, 0], []).Add("größe", "U8", [8], EightBytes)
            .Build(metadata: """{"format":"pt","note":"a\u0062"}""");
        using SafetensorsFile file = Open(bytes);
        Assert.That(file.Names, Is.EquivalentTo(new[] { "scalar", "empty", "größe" }));
        Assert.That(file.Get("scalar").AsSpan<float>()[0], Is.EqualTo(1));
        Assert.That(file.Get("empty").Count, Is.Zero);
        Assert.That(file.Get("größe").AsBytes().ToArray(), Is.EqualTo(EightBytes));
        Assert.That(file.Metadata["note"], Is.EqualTo("ab"));
    }

    [Test]
    public void File_without_tensors_is_valid()
    {
        using SafetensorsFile file = Open(SafetensorsBuilder.Raw("{}", []));
        Assert.That(file.Names, Is.Empty);
    }

    [Test]
    public void Higher_ranks_can_be_described_but_not_fetched()
    {
        using SafetensorsFile file = Open(new SafetensorsBuilder().Add("t", "U8", [2, 1, 2, 1, 2], EightBytes).Build());
        Assert.That(file.Info("t").Extents, Is.EqualTo(new long[] { 2, 1, 2, 1, 2 }));
        Assert.That(() => file.Get("t"), Throws.TypeOf<CheckpointException>().With.Message.Contains("U8 [2, 1, 2, 1, 2]"));
    }

    /// <summary>The format aligns nothing; spans of floats must be aligned all the same.</summary>
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(3)]
    [TestCase(4)]
    public void Elements_are_aligned_whatever_the_header_length(int extraSpaces)
    {
        float[] values = [1.5f, -2, 3e-9f];
        using SafetensorsFile file = Open(new SafetensorsBuilder().Add("a", "U8", [1], [9]).Add("b", "F32", [3], MemoryMarshal.AsBytes<float>(values).ToArray()).Build(extraSpaces));
        Assert.That((long)file.Get("b").Pointer % sizeof(float), Is.Zero);
        Assert.That(file.Get("b").AsSpan<float>().ToArray(), Is.EqualTo(values));
        Assert.That(file.Get("b"), Is.EqualTo(file.Get("b")));
    }

    [Test]
    public void Closed_file_gives_no_tensors()
    {
        SafetensorsFile file = Open(new SafetensorsBuilder().Add("t", "U8", [8], EightBytes).Build());
        file.Dispose();
        file.Dispose();
        Assert.That(() => file.Get("t"), Throws.TypeOf<ObjectDisposedException>());
    }

    private const string Tensor = """{"dtype":"U8","shape":[8],"data_offsets":[0,8]}""";

    [TestCase("", "a JSON object")]
    [TestCase("[]", "a JSON object")]
    [TestCase(" {}", "a JSON object")]
    [TestCase("{}\n", "nothing but spaces")]
    [TestCase("{} {}", "nothing but spaces")]
    [TestCase("""{"t":[]}""", "object of dtype")]
    [TestCase("""{"t":{"dtype":"U8","shape":[8]}}""", "data_offsets")]
    [TestCase("""{"t":{"shape":[8],"data_offsets":[0,8]}}""", "no dtype")]
    [TestCase("""{"t":{"dtype":"U8","data_offsets":[0,8]}}""", "no shape")]
    [TestCase("""{"t":{"dtype":"u8","shape":[8],"data_offsets":[0,8]}}""", "found u8")]
    [TestCase("""{"t":{"dtype":8,"shape":[8],"data_offsets":[0,8]}}""", "type name")]
    [TestCase("""{"t":{"dtype":"U8","shape":8,"data_offsets":[0,8]}}""", "array of integers")]
    [TestCase("""{"t":{"dtype":"U8","shape":[8.0],"data_offsets":[0,8]}}""", "integers from 0")]
    [TestCase("""{"t":{"dtype":"U8","shape":[-8],"data_offsets":[0,8]}}""", "integers from 0")]
    [TestCase("""{"t":{"dtype":"U8","shape":["8"],"data_offsets":[0,8]}}""", "integers from 0")]
    [TestCase("""{"t":{"dtype":"U8","shape":[18446744073709551616],"data_offsets":[0,8]}}""", "integers from 0")]
    [TestCase("""{"t":{"dtype":"U8","shape":[4294967296,4294967296,0],"data_offsets":[0,8]}}""", "2^64")]
    [TestCase("""{"t":{"dtype":"U8","shape":[8],"data_offsets":[0,4,8]}}""", "pair")]
    [TestCase("""{"t":{"dtype":"U8","shape":[8],"data_offsets":[0,8],"dtype":"U8"}}""", "another dtype")]
    [TestCase("""{"t":{"dtype":"U8","shape":[8],"data_offsets":[0,8],"strides":[1]}}""", "another strides")]
    [TestCase("""{"t":{"dtype":"F4","shape":[15],"data_offsets":[0,8]}}""", "60 bits")]
    [TestCase("""{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}""", "a hole")]
    [TestCase("""{"a":{"dtype":"U8","shape":[5],"data_offsets":[0,5]},"b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}""", "an overlap")]
    [TestCase("""{"a":{"dtype":"U8","shape":[7],"data_offsets":[1,8]}}""", "a hole")]
    [TestCase("""{"a":{"dtype":"U8","shape":[7],"data_offsets":[0,7]}}""", "7 bytes after the header")]
    [TestCase("{}", "0 bytes after the header")]
    [TestCase("{\"t\":" + Tensor + ",\"\\u0074\":" + Tensor + "}", "the key twice")]
    [TestCase("{\"__metadata__\":{},\"t\":" + Tensor + ",\"__metadata__\":{}}", "the key twice")]
    [TestCase("{\"__metadata__\":{\"a\":\"1\",\"a\":\"1\"},\"t\":" + Tensor + "}", "the key twice")]
    [TestCase("{\"__metadata__\":{\"a\":1},\"t\":" + Tensor + "}", "__metadata__.a")]
    [TestCase("{\"__metadata__\":null,\"t\":" + Tensor + "}", "object of strings")]
    [TestCase("{\"t\":" + Tensor + ",}", "valid JSON")]
    [TestCase("{\"t\":" + Tensor, "valid JSON")]
    [TestCase("{\"\\ud800\":" + Tensor + "}", "surrogate")]
    public void Malformed_headers_are_refused(string header, string found)
    {
        CheckpointException error = Assert.Throws<CheckpointException>(() => Open(SafetensorsBuilder.Raw(header, EightBytes)).Dispose())!;
        Assert.That(error.Message, Does.StartWith(_folder.Path).And.Contain(found));
    }

    [Test]
    public void Invalid_utf8_is_refused()
    {
        byte[] bytes = new SafetensorsBuilder().Add("name", "U8", [8], EightBytes).Build();
        bytes[11] = 0xff;
        Assert.That(() => Open(bytes), Throws.TypeOf<CheckpointException>().With.Message.Contains("UTF-8"));
    }

    /// <summary>Deeper nesting than any reader's stack.</summary>
    [Test]
    public void Deep_nesting_is_refused() =>
        Assert.That(() => Open(SafetensorsBuilder.Raw($"{{\"t\":{new string('[', 1_000_000)}", EightBytes)), Throws.TypeOf<CheckpointException>());

    [Test]
    public void Messages_stay_on_one_short_line_whatever_the_names()
    {
        string name = $"a\n\u001b[2J\u2028{new string('x', 100_000)}";
        using SafetensorsFile file = Open(new SafetensorsBuilder().Add(name, "F4", [16], EightBytes).Build());
        CheckpointException error = Assert.Throws<CheckpointException>(() => file.Get(name))!;
        Assert.That(error.Message, Has.Length.LessThan(2_000).And.Contain("a\\u000a\\u001b[2J\\u2028"));
        Assert.That(error.Message.Any(char.IsControl), Is.False);
    }

    [Test]
    public void Git_lfs_pointer_is_recognised()
    {
        string path = _folder.Write("pointer.safetensors", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");
        Assert.That(() => SafetensorsFile.Open(path), Throws.TypeOf<CheckpointException>().With.Message.Contains("Git LFS"));
    }

    [Test]
    public void Folder_and_missing_file_are_refused()
    {
        Assert.That(() => SafetensorsFile.Open(_folder.Path), Throws.TypeOf<CheckpointException>().With.Message.StartsWith(_folder.Path));
        Assert.That(() => SafetensorsFile.Open(Path.Combine(_folder.Path, "none")), Throws.TypeOf<CheckpointException>().With.Message.EndsWith("no such file"));
    }

    private SafetensorsFile Open(byte[] bytes) => SafetensorsFile.Open(_folder.Write($"{Guid.NewGuid()}.safetensors", bytes));
}
