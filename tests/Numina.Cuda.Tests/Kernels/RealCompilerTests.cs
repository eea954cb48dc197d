using System.Collections.Concurrent;
using System.Text;
using Numina.Cuda.Backends.Cuda.Kernels;
using Numina.Cuda.Tests.Cuda;
using Numina.Cuda.Tests.Support;

namespace Numina.Cuda.Tests.Kernels;

/// <summary>Every kernel variant through the real NVRTC 12.6 for every architecture: no warning, no stack, no spill; and docs/kernels.md has its table.</summary>
[TestFixture]
internal sealed class RealCompilerTests
{
    private const string Begin = "<!-- The table below is generated: NUMINA_UPDATE_DOCS=1 dotnet test --filter RealCompilerTests -->\n";
    private static readonly string[] s_architectures = ["sm_75", "sm_80", "sm_89", "sm_90"];
    private readonly ConcurrentDictionary<(ProductVariant Variant, string Architecture), CompilerReport> _reports = [];

    [OneTimeSetUp]
    public void Compile()
    {
        RealCompiler.Require();
        KernelSources sources = KernelSources.Embedded();
        var jobs = from variant in ProductVariant.All from architecture in s_architectures where architecture != "sm_75" || !variant.NeedsBFloat16 select (variant, architecture);
        Parallel.ForEach(jobs, job =>
        {
            KernelVariant kernel = job.variant.Kernel;
            _reports[job] = RealCompiler.Compile(kernel.Name, sources.Kernel(kernel.Name), sources.Headers, kernel.Options(job.architecture, job.variant.ParamBytes));
        });
    }

    [Test]
    public void Nothing_is_complained_of_and_nothing_spills() => Assert.Multiple(() =>
    {
        foreach (((ProductVariant variant, string architecture), CompilerReport report) in _reports)
        {
            Assert.That(report.Complaints, Is.Empty, $"{variant.Kernel} {architecture}");
            Assert.That(report.SpillBytes + report.StackBytes, Is.Zero, $"{variant.Kernel} {architecture}: bytes of stack and spills");
            Assert.That(report.Registers, Is.GreaterThan(0), $"{variant.Kernel} {architecture}: ptxas said nothing");
        }
    });

    [Test]
    public void A_host_struct_of_another_size_is_refused()
    {
        KernelSources sources = KernelSources.Embedded();
        CompilerReport report = RealCompiler.Compile("gather_rows", sources.Kernel("gather_rows"), sources.Headers, new KernelVariant("gather_rows", "ELEMENT=half").Options("sm_80", 40));
        Assert.That(report.Complaints, Does.Contain("the host's GatherRowsParams differs"));
    }

    [Test]
    public void The_table_in_the_documentation_is_current()
    {
        string path = Path.Combine(Reference.Repository, "docs", "kernels.md"), text = File.ReadAllText(path);
        int start = text.IndexOf(Begin, StringComparison.Ordinal);
        Assert.That(start, Is.Positive, $"{path} has no place for the table");
        string current = text[..(start + Begin.Length)] + Table();
        if (Environment.GetEnvironmentVariable("NUMINA_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(path, current);
        }
        else
        {
            Assert.That(text, Is.EqualTo(current), $"{path} is stale: run the tests with NUMINA_UPDATE_DOCS=1");
        }
    }

    private string Table()
    {
        var table = new StringBuilder($"| kernel | constants | {string.Join(" | ", s_architectures)} |\n|---|---|{string.Concat(s_architectures.Select(_ => "---|"))}\n");
        foreach (ProductVariant variant in ProductVariant.All)
        {
            IEnumerable<string> cells = s_architectures.Select(architecture => _reports.TryGetValue((variant, architecture), out CompilerReport? report)
                ? report.SharedBytes == 0 ? $"{report.Registers}" : $"{report.Registers}, {report.SharedBytes}"
                : "–");
            table.Append($"| {variant.Kernel.Name} | {variant.Kernel.Constants} | {string.Join(" | ", cells)} |\n");
        }

        return table.ToString();
    }
}
