/// The flags that have a key of their own.
package enum FlagKeys {
    package static let all: [(flag: String, path: [String])] = [
        ("--version", ["deployment", "version"]),
        ("--replicas", ["deployment", "replicas"]),
        ("--image", ["deployment", "image"]),
        ("--cpu", ["resources", "cpu"]),
        ("--memory", ["resources", "memory"]),
        ("--gpu-type", ["resources", "gpu", "type"]),
        ("--gpu-count", ["resources", "gpu", "count"]),
        ("--storage-size", ["storage", "size"]),
        ("--storage-class", ["storage", "storage_class"]),
        ("--engine", ["providers", "aws", "engine"]),
    ]
}
