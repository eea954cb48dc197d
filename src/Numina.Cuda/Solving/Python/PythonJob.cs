namespace Numina.Cuda.Solving.Python;

/// <summary>One program to run.</summary>
/// <param name="Code">What the model wrote, the earlier blocks of its trace included where the profile runs them again.</param>
/// <param name="Profile">How the program is prepared and how its output is reported.</param>
public sealed record PythonJob(string Code, PythonProfile Profile);

/// <summary>How a program is prepared and how its output is reported.</summary>
public enum PythonProfile
{
    /// <summary>The model's own line numbers, a final expression's value shown, output kept beside errors.</summary>
    Default,

    /// <summary>The published notebook's REPL, bit for bit: prologue, last line wrapped in print, its traceback filter, 5 s.</summary>
    Notebook,
}
