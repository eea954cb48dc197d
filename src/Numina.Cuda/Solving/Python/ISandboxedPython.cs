namespace Numina.Cuda.Solving.Python;

/// <summary>A runner that says how well it confines programs.</summary>
public interface ISandboxedPython : IPythonRunner
{
    /// <summary>Which layers of isolation hold.</summary>
    SandboxReport Sandbox { get; }
}
