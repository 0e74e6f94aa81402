"""Makes in an account what the manifests of live/verify.rs refer to. Prints the certificate's ARN."""

import datetime
import json
import sys

import boto3
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID


def client(service):
    return boto3.client(service, endpoint_url=sys.argv[1])


def self_signed(name):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=90))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    private = key.private_bytes(
        encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(encoding), private


def index(*architectures):
    media_type = "application/vnd.oci.image.index.v1+json"
    manifests = [
        {
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "digest": f"sha256:{position:064x}",
            "size": 1,
            "platform": {"os": "linux", "architecture": architecture},
        }
        for position, architecture in enumerate(architectures)
    ]
    return json.dumps({"schemaVersion": 2, "mediaType": media_type, "manifests": manifests})


ecr = client("ecr")
ecr.create_repository(repositoryName="team/web")
for tag, architectures in {"1": ["amd64", "arm64"], "arm": ["arm64"]}.items():
    ecr.put_image(
        repositoryName="team/web", imageTag=tag, imageManifest=index(*architectures)
    )
client("secretsmanager").create_secret(Name="shop/api", SecretString="not to be read")
client("ssm").put_parameter(Name="/shop/db", Value="not to be read", Type="SecureString")
s3 = client("s3")
place = {"LocationConstraint": "eu-west-1"}
s3.create_bucket(Bucket="shop-settings", CreateBucketConfiguration=place)
s3.put_object(Bucket="shop-settings", Key="web app.env", Body=b"A=1")
principal = {"Service": "ecs-tasks.amazonaws.com"}
statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
client("iam").create_role(RoleName="start", AssumeRolePolicyDocument=trust)
ec2 = client("ec2")
gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
vpc = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
in_vpc = [{"Name": "vpc-id", "Values": [vpc]}]
for table in ec2.describe_route_tables(Filters=in_vpc)["RouteTables"]:
    ec2.create_route(
        RouteTableId=table["RouteTableId"],
        DestinationCidrBlock="0.0.0.0/0",
        GatewayId=gateway,
    )
certificate, key = self_signed("*.example.com")
print(client("acm").import_certificate(Certificate=certificate, PrivateKey=key)["CertificateArn"])
