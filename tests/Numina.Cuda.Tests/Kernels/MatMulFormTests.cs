using Numina.Cuda.Backends.Cuda;
using Numina.Cuda.Tests.Cuda;

namespace Numina.Cuda.Tests.Kernels;

/// <summary>Which of the two forms of matmul is launched. They give the same bits, so that only a missing kernel tells.</summary>
[TestFixture]
internal sealed class MatMulFormTests
{
    private static IEnumerable<OpCase> Wide => MatMulCases.All.Where(IsWide);

    private static IEnumerable<OpCase> Narrow => MatMulCases.All.Where(op => !IsWide(op));

    [Test]
    public void The_wide_cases_take_the_wide_form_alone()
    {
        AssertTaken(Wide, present: "matmul_wide", absent: "matmul");
        Assert.That(Wide.Count(), Is.GreaterThanOrEqualTo(5));
    }

    [Test]
    public void The_other_cases_take_the_form_for_few_rows_alone() => AssertTaken(Narrow, present: "matmul", absent: "matmul_wide");

    private static bool IsWide(OpCase op) => op.Name.Contains("wide", StringComparison.Ordinal);

    private static void AssertTaken(IEnumerable<OpCase> cases, string present, string absent)
    {
        using KernelFolder one = new KernelFolder().Without(absent), other = new KernelFolder().Without(present);
        using CudaBackend with = Open(one), without = Open(other);
        foreach (OpCase op in cases)
        {
            Assert.That(() => op.On(with, with.ActivationType), Throws.Nothing, op.Name);
            Assert.That(() => op.On(without, without.ActivationType), Throws.InstanceOf<FileNotFoundException>().With.Message.EqualTo($"there is no kernel {present}.cu"), op.Name);
        }
    }

    private static CudaBackend Open(KernelFolder kernels) => CudaDevices.OpenEmulated(EmulatorMode.Plain, new CudaOptions { KernelDirectory = kernels.Folder });
}
