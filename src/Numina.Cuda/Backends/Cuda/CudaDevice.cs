using System.Text;
using Numina.Cuda.Backends.Cuda.Native;

namespace Numina.Cuda.Backends.Cuda;

/// <summary>What the driver says of a device.</summary>
/// <param name="Ordinal">Its number.</param>
/// <param name="Name">Such as <c>NVIDIA H200</c>.</param>
/// <param name="ComputeCapability">Such as 9.0.</param>
/// <param name="Multiprocessors">Number of streaming multiprocessors.</param>
/// <param name="TotalBytes">Device memory.</param>
/// <param name="SharedBytesPerBlock">Shared memory that one block may ask for.</param>
public sealed record CudaDevice(int Ordinal, string Name, Version ComputeCapability, int Multiprocessors, long TotalBytes, int SharedBytesPerBlock)
{
    private static readonly Version Oldest = new(7, 5);

    /// <summary>NVRTC's name of the architecture, such as <c>sm_90</c>.</summary>
    public string Architecture => $"sm_{ComputeCapability.Major}{ComputeCapability.Minor}";

    /// <summary>Tensor cores take bfloat16: sm_80 and later.</summary>
    public bool HasBFloat16 => ComputeCapability.Major >= 8;

    /// <summary>All devices. Throws <see cref="CudaUnavailableException"/> when there is no driver or no device.</summary>
    public static IReadOnlyList<CudaDevice> List()
    {
        int count = Count();
        return [.. Enumerable.Range(0, count).Select(Describe)];
    }

    /// <summary>One line on why CUDA can't be used here, or null when it can: for automatic selection.</summary>
    public static string? WhyUnavailable(int ordinal = 0)
    {
        try
        {
            _ = Find(ordinal);
            return null;
        }
        catch (CudaUnavailableException unavailable)
        {
            return unavailable.Message;
        }
    }

    /// <summary>The device of that number. Throws <see cref="CudaUnavailableException"/> when it is absent or older than sm_75.</summary>
    internal static CudaDevice Find(int ordinal)
    {
        int count = Count();
        if (ordinal < 0 || ordinal >= count)
        {
            throw new CudaUnavailableException($"no CUDA device {ordinal}: the driver shows {count}");
        }

        CudaDevice device = Describe(ordinal);
        return device.ComputeCapability >= Oldest
            ? device
            : throw new CudaUnavailableException($"CUDA device {ordinal} ({device.Name}) is {device.Architecture}; sm_75 or later is needed");
    }

    private static int Count()
    {
        try
        {
            int result = DriverApi.cuInit(0);
            if (result != DriverApi.Success)
            {
                throw new CudaUnavailableException($"no usable CUDA device: cuInit: {Driver.Describe(result)}") { Result = result };
            }

            Driver.Check(DriverApi.cuDeviceGetCount(out int count));
            return count > 0 ? count : throw new CudaUnavailableException("no CUDA device: the driver shows none");
        }
        catch (DllNotFoundException missing)
        {
            NativeLibraryStatus status = NativeLibraries.Locate(NativeLibraries.Driver);
            throw new CudaUnavailableException($"no CUDA driver: none of {string.Join(", ", status.Tried)} could be loaded", missing);
        }
        catch (EntryPointNotFoundException missing)
        {
            throw new CudaUnavailableException($"the CUDA driver is too old (12.0 or later is needed): {missing.Message}", missing);
        }
    }

    private static unsafe CudaDevice Describe(int ordinal)
    {
        Driver.Check(DriverApi.cuDeviceGet(out int device, ordinal));
        Span<byte> name = stackalloc byte[256];
        fixed (byte* start = name)
        {
            Driver.Check(DriverApi.cuDeviceGetName(start, name.Length, device));
        }

        Driver.Check(DriverApi.cuDeviceTotalMem_v2(out nuint bytes, device));
        return new CudaDevice(
            ordinal,
            Encoding.UTF8.GetString(name[..name.IndexOf((byte)0)]),
            new Version(Attribute(device, DeviceAttribute.ComputeCapabilityMajor), Attribute(device, DeviceAttribute.ComputeCapabilityMinor)),
            Attribute(device, DeviceAttribute.Multiprocessors),
            (long)bytes,
            Attribute(device, DeviceAttribute.SharedBytesPerBlockOptIn));
    }

    internal static int Attribute(int device, DeviceAttribute attribute)
    {
        Driver.Check(DriverApi.cuDeviceGetAttribute(out int value, attribute, device));
        return value;
    }
}
