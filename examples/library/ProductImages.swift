import SynthDataInfra

/// An image service with two larger GPUs, and a volume whose images a CDN serves.
enum ProductImages {
    static func show(_ infrastructure: SyntheticDataInfrastructure) async throws {
        print(
            try infrastructure.render(
                dataType: .image, serviceName: "product-image-generator", environment: .production,
                configOverrides: [
                    "gpu": ["type": "nvidia-tesla-v100", "count": 2],
                    "storage": ["size": "1Ti", "cdn_enabled": true],
                ]))
    }
}
