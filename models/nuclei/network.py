"""The network: a small U-Net whose layers all run at 1/2, 1/4, 1/8 and 1/16 of the image's resolution."""

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

STRIDE = 16  # height and width must be multiples of it
WIDTHS = (16, 32, 64, 128)


class Block(nn.Module):
    """3 x 3 convolution, batch norm, ReLU."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, x):
        return torch.relu(self.norm(self.conv(x)))

    def fold(self):
        """Merges the batch norm into the convolution; for inference only."""
        self.conv, self.norm = fuse_conv_bn_eval(self.conv, self.norm), nn.Identity()


class Nuclei(nn.Module):
    """Maps a normalised plane (b, 1, y, x) to `outputs` maps in 0..1 of the same height and width (logits while training)."""

    def __init__(self, outputs, widths=WIDTHS):
        super().__init__()
        fine, middle, coarse, deep = widths
        self.stem = nn.Conv2d(2, fine, 4, stride=2, padding=1)
        self.fine_in = Block(fine, fine)
        self.middle_in = nn.Sequential(Block(fine, middle), Block(middle, middle))
        self.coarse_in = Block(middle, coarse)
        self.deep = nn.Sequential(Block(coarse, deep), Block(deep, deep))
        self.deep_to_coarse = nn.Conv2d(deep, coarse, 1)
        self.coarse_out = Block(coarse, coarse)
        self.coarse_to_middle = nn.Conv2d(coarse, middle, 1)
        self.middle_out = Block(middle, middle)
        self.middle_to_fine = nn.Conv2d(middle, fine, 1)
        self.fine_out = Block(fine, fine)
        self.head = nn.ConvTranspose2d(fine, outputs, 2, stride=2)
        self.pool = nn.MaxPool2d(2)
        self.up = nn.Upsample(scale_factor=2, mode='nearest')

    def logits(self, x):
        # The root beside the plain value keeps dim nuclei apart from the background where bright ones set the scale.
        x = torch.cat([x.clamp(max=4), torch.sqrt(torch.relu(x) + 0.01)], 1)
        fine = self.fine_in(torch.relu(self.stem(x)))
        middle = self.middle_in(self.pool(fine))
        coarse = self.coarse_in(self.pool(middle))
        deep = self.deep(self.pool(coarse))
        coarse = self.coarse_out(torch.relu(coarse + self.up(self.deep_to_coarse(deep))))
        middle = self.middle_out(torch.relu(middle + self.up(self.coarse_to_middle(coarse))))
        fine = self.fine_out(torch.relu(fine + self.up(self.middle_to_fine(middle))))
        return self.head(fine)

    def forward(self, x):
        return torch.sigmoid(self.logits(x))

    def fold(self):
        """Merges every batch norm into its convolution and keeps the module in evaluation mode."""
        self.eval()
        for module in self.modules():
            if isinstance(module, Block):
                module.fold()
        return self

    def keep(self, outputs):
        """Drops all but the first `outputs` maps, such as those that only helped to train."""
        self.head.weight.data = self.head.weight.data[:, :outputs].clone()
        self.head.bias.data = self.head.bias.data[:outputs].clone()
        self.head.out_channels = outputs
        return self


def unfolded(weights, outputs, planes):
    """A network to be trained on that gives what an exported one gives (`fold` undone).

    weights: the exported one's, by name; outputs: maps of the new network, of which those beyond the exported one's begin at
    random; planes (b, 1, y, x): typical inputs, whose statistics at each layer the batch norms begin with.
    """
    exported = Nuclei(len(weights['head.bias'])).fold()
    exported.load_state_dict(weights)
    network = Nuclei(outputs)
    seen = {}
    for name, block in exported.named_modules():
        if isinstance(block, Block):
            block.conv.register_forward_hook(lambda _module, _inputs, output, name=name: seen.update({name: output}))
    with torch.no_grad():
        exported.logits(planes)
        for name, module in network.named_modules():
            if isinstance(module, Block):
                bias = weights[f'{name}.conv.bias']
                variance, mean = torch.var_mean(seen[name], (0, 2, 3))
                module.conv.weight.copy_(weights[f'{name}.conv.weight'])
                module.norm.running_var.copy_(variance)
                module.norm.running_mean.copy_(mean - bias)
                module.norm.weight.copy_(torch.sqrt(variance + module.norm.eps))
                module.norm.bias.copy_(mean)
            elif f'{name}.weight' in weights and not name.endswith('.conv'):
                kept = (slice(None), slice(0, exported.head.out_channels)) if name == 'head' else slice(None)
                module.weight[kept] = weights[f'{name}.weight']
                module.bias[: len(weights[f'{name}.bias'])] = weights[f'{name}.bias']
    return network


def receptive_radius():
    """Furthest input pixel, along one axis, that an output pixel depends on, and the same in each of the two directions.

    Follows the layers of `Nuclei.logits` from an output pixel back to the input, for each position within the stride.
    """

    def shrunk(low, high):  # to the grid of half the resolution, through nearest upsampling or the head
        return low // 2, high // 2

    def grown(low, high):  # to the grid of twice the resolution, through pooling
        return 2 * low, 2 * high + 1

    def wider(low, high, by):
        return low - by, high + by

    radius = 0
    for pixel in range(STRIDE):
        reach = shrunk(pixel, pixel)
        reach = wider(*reach, 1)  # fine_out
        middle = wider(*shrunk(*reach), 1)  # middle_out
        coarse = wider(*shrunk(*middle), 1)  # coarse_out
        deep = wider(*shrunk(*coarse), 2)
        coarse = wider(*grown(*deep), 1)  # coarse_in
        middle = wider(*grown(*coarse), 2)  # middle_in; wider than the skip
        fine = wider(*grown(*middle), 1)  # fine_in
        low, high = 2 * fine[0] - 1, 2 * fine[1] + 2  # stem: 4 wide, stride 2, padding 1
        radius = max(radius, pixel - low, high - pixel)
    return radius
