import SynthDataInfra

/// A video service: few replicas, because each one uses a lot.
enum MarketingVideos {
    static func show(_ infrastructure: SyntheticDataInfrastructure) async throws {
        print(
            try infrastructure.render(
                dataType: .video, serviceName: "marketing-video-generator", environment: .production, replicas: 2,
                configOverrides: [
                    "gpu": ["type": "nvidia-a100", "count": 4],
                    "storage": ["size": "5Ti", "storage_class": "ultra-fast-nvme"],
                    "networking": ["bandwidth": "10Gbps"],
                ]))
    }
}
