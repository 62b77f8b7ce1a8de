import SynthDataInfra

// The platform's three usage examples: a tabular, an image and a video service.
//
// The cloud deployments end in one clear message until this version can reach a cloud; what they would
// deploy is rendered. The tabular service is then really deployed on this machine, and destroyed.

let cloud = SyntheticDataInfrastructure(provider: .aws)

try await CustomerData.showCloud(cloud)
try await ProductImages.show(cloud)
try await MarketingVideos.show(cloud)
try await CustomerData.runHere()
