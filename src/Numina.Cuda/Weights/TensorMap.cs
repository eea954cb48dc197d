using Numina.Cuda.Tensors;

namespace Numina.Cuda.Weights;

/// <summary>All tensors of a checkpoint folder, whichever of its safetensors files they lie in. Remembers which were fetched, so that leftovers can be named. Owns the files.</summary>
internal sealed class TensorMap : IDisposable
{
    private const string SingleFile = "model.safetensors";
    private const string IndexSuffix = ".index.json";
    private readonly Dictionary<string, SafetensorsFile> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SafetensorsFile> _tensors = new(StringComparer.Ordinal);
    private readonly HashSet<string> _fetched = new(StringComparer.Ordinal);
    private readonly string _place;

    private TensorMap(string place) => _place = place;

    /// <summary>Tensors that nobody has fetched, with their files.</summary>
    public IEnumerable<(string Name, SafetensorsFile File)> Unfetched =>
        _tensors.Where(tensor => !_fetched.Contains(tensor.Key)).Select(tensor => (tensor.Key, tensor.Value));

    /// <summary>
    /// Opens, in this order of preference: the file named by the quantisation config, model.safetensors, AutoGPTQ's gptq_model-8bit-128g.safetensors; of each first
    /// the single file, then the shards that its index lists.
    /// </summary>
    public static TensorMap Open(string folder, QuantizationConfig? quantization)
    {
        string[] candidates = quantization switch
        {
            null => [SingleFile],
            { FileName: { } name } => [$"{name}.safetensors"],
            _ => [SingleFile, $"gptq_model-{quantization.Bits}bit-{quantization.GroupSize}g.safetensors"],
        };
        foreach (string candidate in candidates)
        {
            string path = Path.Combine(folder, candidate);
            string index = path + IndexSuffix;
            if (File.Exists(path) || File.Exists(index))
            {
                return File.Exists(path) ? Read(path, map => map.AddSingle(path)) : Read(index, map => map.AddShards(index, folder));
            }
        }

        string found = Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal).FirstOrDefault(IsWeights) ?? "no weights";
        throw new CheckpointException(folder, "weights", $"{string.Join(" or ", candidates)}, or an {IndexSuffix} beside it", found);
    }

    public bool Contains(string name) => _tensors.ContainsKey(name);

    /// <summary>The file that holds a tensor, or where it should be: for error texts.</summary>
    public string FileOf(string name) => _tensors.TryGetValue(name, out SafetensorsFile? file) ? file.FilePath : _place;

    /// <summary>The tensor, which must have this shape and one of these types.</summary>
    public Tensor Get(string name, Shape shape, params ReadOnlySpan<DType> types)
    {
        if (!_tensors.TryGetValue(name, out SafetensorsFile? file))
        {
            throw new CheckpointException(_place, name, $"a tensor of shape {shape}", "none of this name");
        }

        _fetched.Add(name);
        return file.Get(name, shape, types);
    }

    public void Dispose()
    {
        foreach (SafetensorsFile file in _files.Values)
        {
            file.Dispose();
        }
    }

    private static bool IsWeights(string? name) => Path.GetExtension(name) is ".safetensors" or ".bin" or ".gguf" or ".pt" or ".pth";

    private static TensorMap Read(string place, Action<TensorMap> fill)
    {
        var map = new TensorMap(place);
        try
        {
            fill(map);
            return map;
        }
        catch
        {
            map.Dispose();
            throw;
        }
    }

    private void AddSingle(string path)
    {
        SafetensorsFile file = Shard(path);
        foreach (string name in file.Names)
        {
            _tensors.Add(name, file);
        }
    }

    private void AddShards(string index, string folder)
    {
        ConfigObject root = ConfigObject.Load(index);
        ConfigObject map = root.Object("weight_map") ?? throw root.Refuse("weight_map", "an object of tensor and file names");
        foreach ((string tensor, string shard) in map.TextPairs())
        {
            SafetensorsFile file = Shard(ShardPath(index, folder, tensor, shard));
            if (!file.Contains(tensor))
            {
                throw new CheckpointException(index, $"weight_map.{tensor}", $"a tensor of this name in {shard}", "none");
            }

            _tensors.Add(tensor, file);
        }

        foreach (SafetensorsFile file in _files.Values)
        {
            foreach (string name in file.Names)
            {
                if (!_tensors.TryGetValue(name, out SafetensorsFile? listed) || listed != file)
                {
                    throw new CheckpointException(file.FilePath, name, $"only tensors that {Path.GetFileName(index)} lists for this file", "one that it does not");
                }
            }
        }
    }

    private SafetensorsFile Shard(string path)
    {
        if (!_files.TryGetValue(path, out SafetensorsFile? file))
        {
            file = SafetensorsFile.Open(path);
            _files.Add(path, file);
        }

        return file;
    }

    /// <summary>The shard's path must stay in the folder as written. Links are followed: the Hub's cache is made of them.</summary>
    private static string ShardPath(string index, string folder, string tensor, string shard)
    {
        bool inside = shard.Length > 0 && !Path.IsPathRooted(shard) && !shard.Any(c => char.IsControl(c) || c is '\\' or ':')
            && !shard.Split('/').Any(part => part is "" or "." or "..");
        string path = inside ? Path.Combine(folder, shard) : throw new CheckpointException(index, $"weight_map.{tensor}", "a file inside the checkpoint's folder", shard);
        return File.Exists(path) ? path : throw new CheckpointException(index, $"weight_map.{tensor}", $"the file {shard} in {folder}", "no such file");
    }
}
