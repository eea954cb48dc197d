using Numina.Cuda.Cli;

return await CommandLine.RunAsync(args);
