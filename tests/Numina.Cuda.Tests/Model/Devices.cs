using Numina.Cuda.Backends;
using Numina.Cuda.Tests.References;

namespace Numina.Cuda.Tests.Model;

/// <summary>The devices that suites run on, by name. One that this machine lacks is skipped with its reason.</summary>
internal static class Devices
{
    public static IEnumerable<string> All => ["Reference"];

    /// <summary>A new backend; skips the test when the device is absent.</summary>
    public static IBackend Open(string device) => device switch
    {
        "Reference" => new ReferenceBackend(),
        _ => throw new ArgumentException($"no device is called {device}"),
    };
}
