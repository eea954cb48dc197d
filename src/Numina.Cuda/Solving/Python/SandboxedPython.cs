namespace Numina.Cuda.Solving.Python;

/// <summary>Starts the best runner that this system has.</summary>
public static class SandboxedPython
{
    /// <summary>A <see cref="PythonPool"/> where it is supported, else a <see cref="PrewarmedPool"/>.</summary>
    /// <exception cref="PythonException">No interpreter, or it can't be used; under <see cref="SandboxMode.Require"/> also a missing layer.</exception>
    public static async Task<ISandboxedPython> StartAsync(PythonPoolOptions options, CancellationToken cancel) =>
        PythonPool.IsSupported ? await PythonPool.StartAsync(options, cancel) : await PrewarmedPool.StartAsync(options, cancel);
}
