using Numina.Cuda.Bench;

try
{
    return BenchProgram.Run(BenchOptions.Parse(args));
}
catch (ArgumentException exception)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return 2;
}
