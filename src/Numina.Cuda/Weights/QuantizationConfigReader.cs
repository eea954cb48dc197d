namespace Numina.Cuda.Weights;

/// <summary>
/// Reads the quantisation's parameters wherever the tools write them: config.json's quantization_config, quantize_config.json, quant_config.json. Each is checked
/// alone; then all must agree, because the tools differ in which they read first.
/// </summary>
internal static class QuantizationConfigReader
{
    private static readonly string[] OwnFiles = ["quantize_config.json", "quant_config.json"];

    /// <summary>Null when none of the places holds anything.</summary>
    public static QuantizationConfig? Load(string folder, ConfigObject config)
    {
        var places = new List<ConfigObject>();
        if (config.Object("quantization_config") is { } section)
        {
            places.Add(section);
        }

        foreach (string name in OwnFiles)
        {
            string path = Path.Combine(folder, name);
            if (File.Exists(path))
            {
                places.Add(ConfigObject.Load(path));
            }
        }

        if (places.Count == 0)
        {
            return null;
        }

        QuantizationConfig first = Read(places[0]);
        foreach (ConfigObject other in places.Skip(1))
        {
            first = Agreed(first, places[0], other);
        }

        return first;
    }

    public static QuantizationConfig Read(ConfigObject source)
    {
        QuantizationMethod method = Method(source);
        string bitsKey = Key(source, "bits", "w_bit");
        string groupKey = Key(source, "group_size", "q_group_size");
        int bits = source.RequiredInteger(bitsKey, 1, 32);
        if (bits != 4 && (bits != 8 || method == QuantizationMethod.Awq))
        {
            throw source.Refuse(bitsKey, method == QuantizationMethod.Awq ? "4" : "4 or 8");
        }

        int groupSize = source.RequiredInteger(groupKey, -1, ModelConfigReader.MostFeatures);
        bool quantizedHead = source.Flag("lm_head") ?? false;
        RefuseVariants(source);
        return new QuantizationConfig
        {
            Method = method,
            Bits = bits,
            GroupSize = groupSize != 0 ? groupSize : throw source.Refuse(groupKey, "-1 or a positive integer"),
            ZeroOffset = method == QuantizationMethod.Awq ? AwqZeroOffset(source) : GptqZeroOffset(source),
            Symmetric = method == QuantizationMethod.Awq ? !(source.Flag("zero_point") ?? true) : source.Flag("sym") ?? true,
            QuantizedHead = quantizedHead,
            Excluded = source.Texts("modules_to_not_convert") ?? [],
            Included = source.Texts("modules_in_block_to_quantize") ?? [],
            FileName = FileName(source),
        };
    }

    /// <summary>AutoGPTQ's older files and AutoAWQ's own file name no method; AutoAWQ's keys have other names.</summary>
    private static QuantizationMethod Method(ConfigObject source)
    {
        string? method = source.Text("quant_method");
        string? alias = source.Text("method");
        if (method is not null && alias is not null && method != alias)
        {
            throw source.Refuse("method", $"the same as quant_method, {method}");
        }

        return (method ?? alias) switch
        {
            "gptq" => QuantizationMethod.Gptq,
            "awq" => QuantizationMethod.Awq,
            null => source.Has("w_bit") || source.Has("version") ? QuantizationMethod.Awq : QuantizationMethod.Gptq,
            _ => throw source.Refuse(method is null ? "method" : "quant_method", "gptq or awq"),
        };
    }

    private static string Key(ConfigObject source, string name, string awqName)
    {
        if (source.Has(name) && source.Has(awqName) && source.Integer(name, -1, int.MaxValue) != source.Integer(awqName, -1, int.MaxValue))
        {
            throw source.Refuse(awqName, $"the same as {name}");
        }

        return source.Has(name) || !source.Has(awqName) ? name : awqName;
    }

    private static void RefuseVariants(ConfigObject source)
    {
        if ((source.Text("pack_dtype") ?? "int32") != "int32")
        {
            throw source.Refuse("pack_dtype", "int32");
        }

        if (source.Flag("is_marlin_format") ?? false)
        {
            throw source.Refuse("is_marlin_format", "false");
        }

        if (source.Object("dynamic") is { IsEmpty: false })
        {
            throw source.Refuse("dynamic", "no rules for single layers");
        }
    }

    /// <summary>1 for v1, which is also what an absent key means, and 0 for v2.</summary>
    private static int GptqZeroOffset(ConfigObject source)
    {
        int? offset = null;
        foreach (string key in (string[])["checkpoint_format", "format"])
        {
            int? here = source.Text(key) switch
            {
                null => null,
                "gptq" => 1,
                "gptq_v2" => 0,
                _ => throw source.Refuse(key, "gptq or gptq_v2"),
            };
            offset = offset is null || here is null || offset == here ? offset ?? here : throw source.Refuse(key, "the same as checkpoint_format");
        }

        return offset ?? 1;
    }

    private static int AwqZeroOffset(ConfigObject source)
    {
        foreach (string key in (string[])["version", "checkpoint_format", "format"])
        {
            if (source.Text(key) is { } version && !version.Equals("gemm", StringComparison.OrdinalIgnoreCase))
            {
                throw source.Refuse(key, "gemm");
            }
        }

        return 0;
    }

    private static string? FileName(ConfigObject source)
    {
        const string key = "model_file_base_name";
        string? name = source.Text(key);
        return name is null || (name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            ? name
            : throw source.Refuse(key, "a file name of letters, digits, '-', '_' and '.'");
    }

    /// <summary>
    /// What changes the weights must be the same with defaults filled in. What the files decide anyway (the order of the groups, the zero points, the modules)
    /// must be the same where both places state it.
    /// </summary>
    private static QuantizationConfig Agreed(QuantizationConfig first, ConfigObject firstSource, ConfigObject otherSource)
    {
        QuantizationConfig other = Read(otherSource);
        Compare("quant_method", first.Method, other.Method);
        Compare("bits", first.Bits, other.Bits);
        Compare("group_size", first.GroupSize, other.GroupSize);
        Compare("checkpoint_format", first.ZeroOffset, other.ZeroOffset);
        Compare("lm_head", first.QuantizedHead, other.QuantizedHead);
        foreach (string key in (string[])["sym", "desc_act", "static_groups", "zero_point"])
        {
            bool? here = firstSource.Flag(key);
            bool? there = otherSource.Flag(key);
            Compare(key, here ?? there, there ?? here);
        }

        foreach (string key in (string[])["modules_to_not_convert", "modules_in_block_to_quantize"])
        {
            string? here = firstSource.Texts(key) is { } names ? string.Join(' ', names) : null;
            string? there = otherSource.Texts(key) is { } otherNames ? string.Join(' ', otherNames) : null;
            Compare(key, here ?? there, there ?? here);
        }

        Compare("model_file_base_name", first.FileName ?? other.FileName, other.FileName ?? first.FileName);
        return first with
        {
            Excluded = first.Excluded.Count > 0 ? first.Excluded : other.Excluded,
            Included = first.Included.Count > 0 ? first.Included : other.Included,
            FileName = first.FileName ?? other.FileName,
        };

        void Compare<T>(string key, T here, T there)
        {
            if (!EqualityComparer<T>.Default.Equals(here, there))
            {
                throw otherSource.Refuse(key, $"what {Path.GetFileName(firstSource.File)} says ({here})");
            }
        }
    }
}
