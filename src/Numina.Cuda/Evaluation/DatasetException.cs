namespace Numina.Cuda.Evaluation;

/// <summary>A data set cannot be read. The message is one line that names the file, the place in it and the column.</summary>
public sealed class DatasetException(string message) : Exception(message);
