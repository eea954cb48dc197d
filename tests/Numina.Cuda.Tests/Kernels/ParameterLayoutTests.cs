using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Numina.Cuda.Backends.Cuda.Kernels;
using Numina.Cuda.Tests.Support;

namespace Numina.Cuda.Tests.Kernels;

/// <summary>The host's parameter structs are the kernels', field by field: names, order, types, offsets.</summary>
[TestFixture]
internal sealed class ParameterLayoutTests
{
    private static IEnumerable<string> Kernels => Directory.EnumerateFiles(Path.Combine(Reference.Repository, "kernels"), "*.cu").Select(path => Path.GetFileNameWithoutExtension(path));

    [TestCaseSource(nameof(Kernels))]
    public void A_kernels_struct_is_its_hosts(string kernel)
    {
        string source = Source(kernel), name = Regex.Match(source, @"CHECK_PARAMS\((\w+)\)").Groups[1].Value;
        Assert.That(kernel.Replace("_", ""), Does.StartWith(name).IgnoreCase, "matmul_wide is another form of matmul and takes a MatMul");
        Assert.That(source, Does.Match($@"KERNEL\({kernel}, [^,]+, {name}\)"));
        Compare(source, name, $"{name}Params");
    }

    [Test]
    public void The_row_of_a_sample_is_its_hosts() =>
        Compare(File.ReadAllText(Path.Combine(Reference.Repository, "kernels", "sample.cu")), "SampleRow", nameof(SampleRowParams));

    /// <summary>A kernel's text behind that of the header which carries its own name, if there is one.</summary>
    private static string Source(string kernel)
    {
        string source = File.ReadAllText(Path.Combine(Reference.Repository, "kernels", $"{kernel}.cu"));
        string header = Path.Combine(Reference.Repository, "kernels", $"{kernel.Split('_')[0]}.cuh");
        return File.Exists(header) ? File.ReadAllText(header) + source : source;
    }

    private static void Compare(string source, string structure, string host)
    {
        Type type = typeof(EmbedParams).Assembly.GetType($"{typeof(EmbedParams).Namespace}.{host}", throwOnError: true)!;
        FieldInfo[] fields = type.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance);
        (string Name, int Size)[] declared = [.. Fields(source, structure)];
        Assert.That(fields.Select(field => field.Name.ToUpperInvariant()), Is.EqualTo(declared.Select(field => field.Name.Replace("_", "").ToUpperInvariant())));
        int offset = 0;
        for (int i = 0; i < declared.Length; i++)
        {
            // C's rule: a field lies at a multiple of its own size.
            offset = (offset + declared[i].Size - 1) / declared[i].Size * declared[i].Size;
            Assert.That((int)Marshal.OffsetOf(type, fields[i].Name), Is.EqualTo(offset), $"offset of {fields[i].Name}");
            Assert.That(Marshal.SizeOf(fields[i].FieldType), Is.EqualTo(declared[i].Size), $"size of {fields[i].Name}");
            Assert.That(fields[i].FieldType == typeof(float), Is.EqualTo(IsFloat(source, structure, declared[i].Name)), $"type of {fields[i].Name}");
            offset += declared[i].Size;
        }
    }

    private static IEnumerable<(string Name, int Size)> Fields(string source, string structure) =>
        from declaration in Declarations(source, structure)
        from name in Regex.Replace(declaration, @"^.*?[\s\*](?=\w+(\s*,|$))", "").Split(',', StringSplitOptions.TrimEntries)
        select (name.TrimStart('*', ' '), declaration.Contains('*') || declaration.StartsWith("long long", StringComparison.Ordinal) ? 8 : 4);

    private static bool IsFloat(string source, string structure, string field) =>
        Declarations(source, structure).Any(declaration => !declaration.Contains('*') && Regex.IsMatch(declaration, $@"^float\b.*\b{field}\b"));

    private static IEnumerable<string> Declarations(string source, string structure) =>
        Regex.Match(source, $@"struct {structure} \{{(.*?)\}};", RegexOptions.Singleline).Groups[1].Value.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
