// SPDX-License-Identifier: MIT
/// @file
/// All of neural/: layers, losses, optimizers, the trainer, and models made of them.
#pragma once

#include <hybrec/neural/activation.hpp>
#include <hybrec/neural/batch_normalization.hpp>
#include <hybrec/neural/checkpoint.hpp>
#include <hybrec/neural/concatenate.hpp>
#include <hybrec/neural/cross_attention.hpp>
#include <hybrec/neural/dense.hpp>
#include <hybrec/neural/dropout.hpp>
#include <hybrec/neural/embedding.hpp>
#include <hybrec/neural/field_samples.hpp>
#include <hybrec/neural/fm_interaction.hpp>
#include <hybrec/neural/interaction.hpp>
#include <hybrec/neural/layer.hpp>
#include <hybrec/neural/layer_normalization.hpp>
#include <hybrec/neural/learning_rate.hpp>
#include <hybrec/neural/loss.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/models/cosine_network.hpp>
#include <hybrec/neural/models/deep_fm_network.hpp>
#include <hybrec/neural/models/recommender_net.hpp>
#include <hybrec/neural/optimizer.hpp>
#include <hybrec/neural/parameter.hpp>
#include <hybrec/neural/pass.hpp>
#include <hybrec/neural/rating_samples.hpp>
#include <hybrec/neural/row_groups.hpp>
#include <hybrec/neural/sequential.hpp>
#include <hybrec/neural/softmax.hpp>
#include <hybrec/neural/trainer.hpp>
#include <hybrec/neural/training.hpp>
