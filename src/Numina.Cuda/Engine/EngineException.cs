namespace Numina.Cuda.Engine;

/// <summary>
/// A step failed on the device, and with it the engine: no later step can be computed. The message says what the step was and why it failed; the backend's own failure is the
/// inner exception.
/// </summary>
public sealed class EngineException(string message, Exception cause) : Exception(message, cause);
