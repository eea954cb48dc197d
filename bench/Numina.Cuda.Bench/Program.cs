using Numina.Cuda.Backends.Cuda.Native;
using Numina.Cuda.Bench;

try
{
    return BenchProgram.Run(BenchOptions.Parse(args), Console.Out);
}
catch (ArgumentException exception)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return 2;
}
catch (Exception exception) when (exception is CudaException or OutOfMemoryException or IOException)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return 1;
}
