using Numina.Cuda.Solving.Python;
using Numina.Cuda.Tests.Solving.Python;

namespace Numina.Cuda.Tests.Solving;

/// <summary>The references' clock: 5 s where a timeout is the matter, else enough for a loaded machine.</summary>
internal static class RunnersExtensions
{
    public static Task<IPythonRunner> For(this Runners runners, string id) => runners.WithLimit(id.Contains("timeout", StringComparison.Ordinal) ? 5 : 60);
}
