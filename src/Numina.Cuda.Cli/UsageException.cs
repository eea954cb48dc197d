namespace Numina.Cuda.Cli;

/// <summary>The command was used wrongly: one line, exit code 2.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>The command cannot do what was asked for: one line, exit code 1.</summary>
internal sealed class FailureException(string message) : Exception(message);
