namespace Numina.Cuda.Weights;

/// <summary>
/// Reads the rotary embedding's parameters from config.json: transformers 5 keeps them all in rope_parameters; transformers 4 has rope_theta beside rope_scaling,
/// whose kind is named rope_type or, before 4.43, type. A file that holds both spellings must say the same in both.
/// </summary>
internal static class RopeScalingReader
{
    private const string TypeKey = "rope_type";
    private const float DefaultTheta = 10_000;

    public static RopeScaling Read(ConfigObject config, int maxPositions)
    {
        ConfigObject? scaling = NonEmpty(config.Object("rope_scaling"));
        ConfigObject? parameters = NonEmpty(config.Object("rope_parameters"));
        float? theta = config.Number("rope_theta", above: 0);
        RopeScaling? older = scaling is null ? null : Read(config, scaling, theta, maxPositions);
        RopeScaling? newer = parameters is null ? null : Read(config, parameters, theta, maxPositions);
        RefusePartialRotation(config);

        // rope_scaling: null beside rope_parameters is what transformers 4 adds to a file of transformers 5; it says nothing.
        if (older is not null && newer is not null && older != newer)
        {
            throw config.Refuse("rope_scaling", "the same rotary embedding as rope_parameters gives");
        }

        RopeScaling rope = newer ?? older ?? new RopeScaling { Theta = theta ?? DefaultTheta };
        return theta is null || theta == rope.Theta ? rope : throw config.Refuse("rope_theta", $"rope_parameters.rope_theta, which is {rope.Theta}");
    }

    private static ConfigObject? NonEmpty(ConfigObject? section) => section is { IsEmpty: false } ? section : null;

    private static RopeScaling Read(ConfigObject config, ConfigObject section, float? theta, int maxPositions)
    {
        RefusePartialRotation(section);
        if (section.Keys.FirstOrDefault(key => key.EndsWith("_attention", StringComparison.Ordinal)) is { } layerType)
        {
            throw section.Refuse(layerType, "one rotary embedding for all layers");
        }

        RopeKind kind = Kind(section);
        var rope = new RopeScaling { Kind = kind, Theta = section.Number("rope_theta", above: 0) ?? theta ?? DefaultTheta };
        return kind switch
        {
            RopeKind.Linear or RopeKind.Dynamic => rope with { Factor = Factor(section) },
            RopeKind.Llama3 => ReadLlama3(config, section, rope, maxPositions),
            RopeKind.Yarn => ReadYarn(config, section, rope, maxPositions),
            _ => rope,
        };
    }

    private static RopeKind Kind(ConfigObject section)
    {
        string? type = section.Text(TypeKey);
        string? oldType = section.Text("type");
        if (type is not null && oldType is not null && type != oldType)
        {
            throw section.Refuse("type", $"the same as {TypeKey}, {type}");
        }

        return (type ?? oldType) switch
        {
            // transformers 5 leaves the default's name out at times; a rope_scaling of transformers 4 without one has a factor that nothing reads.
            null when !section.Has("factor") => RopeKind.Default,
            "default" => RopeKind.Default,
            "linear" => RopeKind.Linear,
            "dynamic" => RopeKind.Dynamic,
            "llama3" => RopeKind.Llama3,
            "yarn" => RopeKind.Yarn,
            _ => throw section.Refuse(type is null && oldType is not null ? "type" : TypeKey, "default, linear, dynamic, llama3 or yarn"),
        };
    }

    private static RopeScaling ReadLlama3(ConfigObject config, ConfigObject section, RopeScaling rope, int maxPositions)
    {
        float low = section.RequiredNumber("low_freq_factor", above: 0);
        return rope with
        {
            Factor = Factor(section),
            LowFrequencyFactor = low,
            HighFrequencyFactor = section.RequiredNumber("high_freq_factor", above: low),
            OriginalMaxPositions = OriginalMaxPositions(config, section, maxPositions),
        };
    }

    private static RopeScaling ReadYarn(ConfigObject config, ConfigObject section, RopeScaling rope, int maxPositions)
    {
        int original = OriginalMaxPositions(config, section, maxPositions);
        float betaSlow = section.Number("beta_slow", above: 0) ?? rope.BetaSlow;
        float betaFast = section.Number("beta_fast", above: 0) ?? rope.BetaFast;
        return rope with
        {
            Factor = section.Has("factor") ? Factor(section) : (float)maxPositions / original,
            OriginalMaxPositions = original,
            BetaSlow = betaSlow,
            BetaFast = betaFast >= betaSlow ? betaFast : throw section.Refuse("beta_fast", $"at least beta_slow, {betaSlow}"),
            AttentionFactor = section.Number("attention_factor", above: 0),
            MScale = section.Number("mscale", above: float.MinValue),
            MScaleAllDim = section.Number("mscale_all_dim", above: float.MinValue),
            Truncate = section.Flag("truncate") ?? rope.Truncate,
        };
    }

    private static float Factor(ConfigObject section)
    {
        float factor = section.RequiredNumber("factor", above: 0);
        return factor >= 1 ? factor : throw section.Refuse("factor", "a finite number of at least 1");
    }

    /// <summary>Inside the section, beside it (as transformers 5 allows), or max_position_embeddings.</summary>
    private static int OriginalMaxPositions(ConfigObject config, ConfigObject section, int maxPositions)
    {
        const string key = "original_max_position_embeddings";
        return section.Integer(key, 1, ModelConfigReader.MostPositions) ?? config.Integer(key, 1, ModelConfigReader.MostPositions) ?? maxPositions;
    }

    private static void RefusePartialRotation(ConfigObject section)
    {
        const string key = "partial_rotary_factor";
        if (section.Number(key, above: 0) is { } factor && factor != 1)
        {
            throw section.Refuse(key, "1 (partial rotation is not supported)");
        }
    }
}
