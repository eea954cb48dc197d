namespace Numina.Cuda.Solving.Notebook;

/// <summary>The notebook's own Python would end here with an exception.</summary>
/// <param name="type">Python's exception class, such as ValueError.</param>
/// <param name="message">CPython 3.11's text.</param>
public sealed class PythonRaisedException(string type, string message) : Exception(message)
{
    /// <summary>Python's exception class, such as ValueError.</summary>
    public string Type { get; } = type;
}
