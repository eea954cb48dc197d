namespace Numina.Cuda.Weights;

/// <summary>A model folder in Hugging Face layout, opened and checked whole. Owns the mapped files that <see cref="Weights"/> views.</summary>
public sealed class Checkpoint : IDisposable
{
    private readonly TensorMap _tensors;

    private Checkpoint(string folder, ModelConfig config, TensorMap tensors)
    {
        (Folder, Config, _tensors) = (folder, config, tensors);
        Weights = WeightMap.Read(config, tensors);
    }

    public string Folder { get; }

    public ModelConfig Config { get; }

    public ModelWeights Weights { get; }

    /// <summary>
    /// Reads the configs, maps the safetensors files and checks every tensor's type and shape, and the values that could make a kernel read out of bounds or
    /// compute with infinities: group indices, zero points, scales. Throws <see cref="CheckpointException"/> at the first fault.
    /// </summary>
    public static Checkpoint Open(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new CheckpointException(folder, "checkpoint", "a folder holding config.json and model.safetensors", File.Exists(folder) ? "a file" : "no such folder");
        }

        ModelConfig config = ModelConfig.Load(folder);
        TensorMap tensors = TensorMap.Open(folder, config.Quantization);
        try
        {
            return new Checkpoint(folder, config, tensors);
        }
        catch
        {
            tensors.Dispose();
            throw;
        }
    }

    public void Dispose() => _tensors.Dispose();
}
