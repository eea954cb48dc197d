namespace Numina.Cuda.Weights;

/// <summary>
/// A file of a checkpoint is malformed or not supported. The message is one line that names the file, the tensor or key, what was expected and what was found;
/// the command line prints it as it is and exits with 1.
/// </summary>
public sealed class CheckpointException : Exception
{
    public CheckpointException(string file, string subject, string expected, string found)
        : base($"{file}: {subject}: expected {expected}, found {found}")
    {
    }

    public CheckpointException(string message)
        : base(message)
    {
    }
}
